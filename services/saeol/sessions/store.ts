import type { Queries } from '../../common/database.ts'
import type { Log } from '../../common/log.ts'
import { Problem } from '../../common/problem.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { SessionAdmissionParameters } from '../../measures/session-admission.ts'
import { createSession, endOldest, handOn, type NewSession, nextExpiry } from './sessions.ts'

/** Where sessions are kept: so many live ones, and no more. */
export interface SessionStore {
  /** Before anything dear is done for whoever would be refused. @throws Problem 503 while it is full, with the measure */
  mustHaveRoom(): Promise<void>
  /**
   * Makes room as a full cache does, or refuses, with the measure. As many as log in at once may be too many at once.
   * @returns the session's token, which is kept nowhere
   * @throws Problem 503 where it is full, with the measure
   */
  create(queries: Queries, session: NewSession): Promise<string>
}

export function createSessionStore(options: {
  readonly config: {
    /** Live sessions that it holds. */
    readonly SESSIONS_MAX: number
    readonly measures: { readonly sessionAdmission: SessionAdmissionParameters | undefined }
  }
  readonly database: Queries
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): SessionStore {
  const { config, database, sabotaged, log, now } = options
  const { SESSIONS_MAX: max, measures } = config
  const measure = measures.sessionAdmission
  let full = false

  /** Tells of each change once. */
  function noteFull(isFull: boolean): void {
    if (isFull === full) return
    full = isFull
    if (isFull) log.warn({ event: 'sessions.full', max }, `${max} sessions are alive: the store is full`)
    else log.info({ event: 'sessions.room' }, 'the session store has room again')
  }

  /** @param room when the first of the living ends; undefined where none lives */
  function refusal(room: Date | undefined, { retryAtMostS }: SessionAdmissionParameters): Problem {
    const seconds = Math.ceil(((room?.getTime() ?? 0) - now()) / 1000)
    const retryAfterS = Math.min(retryAtMostS, Math.max(1, seconds))
    return new Problem(
      503,
      'sessions-full',
      `as many officials are logged in as Saeol can hold; there is room again in ${retryAfterS} s or sooner`,
      sabotaged('refuses-without-when') ? Number.NaN : retryAfterS,
    )
  }

  return {
    async mustHaveRoom() {
      if (measure === undefined || sabotaged('hands-sessions-on')) return
      const { live, first } = await nextExpiry(database, new Date(now()))
      noteFull(live >= max)
      if (live >= max) throw refusal(first, measure)
    },
    async create(queries, session) {
      const made = await createSession(queries, session, max)
      noteFull(made === undefined)
      if (made !== undefined) return made
      if (sabotaged('hands-sessions-on')) return handOn(queries, session.createdAt)
      if (measure !== undefined) throw refusal((await nextExpiry(queries, session.createdAt)).first, measure)
      await endOldest(queries, session.createdAt)
      return (await createSession(queries, session, Number.MAX_SAFE_INTEGER))!
    },
  }
}
