import type { Database, Queries } from '../../common/database.ts'
import type { Log } from '../../common/log.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'
import type { Audit } from '../audit/audit.ts'
import { drainSessionsOf } from '../sessions/sessions.ts'
import {
  closeExpired,
  closeOpening,
  everyOffice,
  type Insertion,
  insertOpening,
  type Opening,
  openingInForce,
  type Scope,
  type VantagePoint,
} from './openings.ts'

export interface FallbackDeps {
  readonly config: {
    readonly measures: { readonly passwordFallback: PasswordFallbackParameters | undefined }
  }
  readonly database: Database
  readonly audit: Pick<Audit, 'append'>
  readonly log: Log
  readonly sabotaged: Sabotaged
  /** Epoch ms. */
  readonly now: () => number
}

export interface ApprovedOpening {
  readonly scope: Scope
  readonly expiresAt: Date
  readonly reason: string
  readonly vantagePoints: readonly VantagePoint[]
  readonly nonce: string
  /** Whose signatures were verified. */
  readonly officers: readonly string[]
}

export interface Closing {
  readonly closed: boolean
  /** Sessions of low assurance that live on for a short time, until their holders have logged in anew. */
  readonly sessionsDraining: number
}

/** The password login's door: closed, or open in a scope until a moment. */
export interface Fallback {
  /** The opening in force now; undefined while closed, and always without the measure. */
  inForce(): Promise<Opening | undefined>
  open(approved: ApprovedOpening): Promise<Insertion>
  /** @param because ends up in the audit and the log */
  close(opening: string, because: string, officers: readonly string[]): Promise<Closing>
  /**
   * Set while every office is told to use the password login. Who waits for GPKI is let go when `switched` aborts.
   */
  readonly gpki: { readonly switchedOff: boolean; readonly switched: AbortSignal }
  stop(): void
}

/** Longest delay of a timer, in ms; a later expiry is looked at again then. */
const longestTimerMs = 2 ** 31 - 1

/**
 * What is open stays open over a restart, and what has expired is closed: both are read from the database. Expiry
 * is a comparison with this service's clock wherever it counts; the timer only writes it down.
 */
export async function startFallback(deps: FallbackDeps): Promise<Fallback> {
  const { database, audit, log, sabotaged, now } = deps
  const measure = deps.config.measures.passwordFallback
  let switching = new AbortController()
  let expiry: NodeJS.Timeout | undefined
  /** Openings that this process has noted: what was read before one says nothing of after it. */
  let noted = 0

  function noteOpen(opening: Opening): void {
    noted += 1
    clearTimeout(expiry)
    const leftMs = opening.expiresAt.getTime() - now()
    expiry = setTimeout(() => void expire(), Math.min(Math.max(leftMs, 0), longestTimerMs))
    expiry.unref()
    if (opening.scope.offices.includes(everyOffice) && !switching.signal.aborted) {
      switching.abort(new Error('every office was switched to the password login'))
    }
  }

  function noteClosed(): void {
    clearTimeout(expiry)
    switchBack()
  }

  function switchBack(): void {
    if (switching.signal.aborted) switching = new AbortController()
  }

  async function tell(kind: 'fallback.opened' | 'fallback.closed', facts: Record<string, unknown>) {
    log.info(
      { event: kind, ...facts },
      `the password login is ${kind === 'fallback.opened' ? 'open' : 'closed'}`,
    )
  }

  /**
   * Before it is committed, so that no crash leaves a closing without its record; a record whose closing was lost is
   * followed by another. What cannot be recorded is closed all the same.
   */
  async function recordClosing(facts: Record<string, unknown>): Promise<void> {
    await audit.append('fallback.closed', facts).catch((error: unknown) => {
      log.error({ err: error, ...facts }, 'the closing of the password login could not be audited')
    })
  }

  async function closeAllExpired(queries: Queries, at: Date): Promise<Record<string, unknown>[]> {
    const closed = (await closeExpired(queries, at)).map((id) => ({
      opening: id,
      because: 'expired',
      officers: [],
    }))
    for (const facts of closed) await recordClosing(facts)
    return closed
  }

  async function expire(): Promise<void> {
    try {
      // One moment for both: what expired between two would be neither closed nor looked at again.
      const at = new Date(now())
      for (const facts of await database.transaction((queries) => closeAllExpired(queries, at))) {
        await tell('fallback.closed', facts)
      }
      const left = await openingInForce(database, at)
      if (left === undefined) noteClosed()
      else noteOpen(left)
    } catch (error) {
      log.warn({ err: error }, 'the expiry of the password login could not be written down yet')
      noteClosed()
      expiry = setTimeout(() => void expire(), 1_000)
      expiry.unref()
    }
  }

  const fallback: Fallback = {
    async inForce() {
      if (measure === undefined) return undefined
      const before = noted
      const opening = await openingInForce(database, new Date(now()))
      // The timer stays: an expiry that is seen here first has still to be written down.
      if (opening === undefined && noted === before) switchBack()
      return opening
    },

    async open(approved) {
      const openedAt = new Date(now())
      const result = await database.transaction(async (queries): Promise<Insertion> => {
        for (const facts of await closeAllExpired(queries, openedAt)) await tell('fallback.closed', facts)
        const inserted = await insertOpening(queries, { ...approved, openedAt })
        if (inserted.outcome === 'opened') {
          // Recorded before it is in force: what cannot be recorded does not open.
          await audit.append('fallback.opened', {
            opening: inserted.opening.id,
            scope: approved.scope,
            expiresAt: approved.expiresAt.toISOString(),
            reason: approved.reason,
            vantagePoints: approved.vantagePoints,
            officers: approved.officers,
          })
        }
        return inserted
      })
      if (result.outcome === 'opened') {
        noteOpen(result.opening)
        await tell('fallback.opened', {
          opening: result.opening.id,
          scope: approved.scope,
          expiresAt: approved.expiresAt.getTime(),
          officers: approved.officers,
        })
      }
      return result
    },

    async close(opening, because, officers) {
      const closedAt = new Date(now())
      const result = await database.transaction(async (queries): Promise<Closing> => {
        const closed = await closeOpening(queries, opening, because, closedAt)
        if (!closed) return { closed, sessionsDraining: 0 }
        const until = new Date(closedAt.getTime() + (measure?.drainMs ?? 0))
        const sessionsDraining = sabotaged('sessions-outlive-close')
          ? 0
          : await drainSessionsOf(queries, opening, until, closedAt)
        await recordClosing({ opening, because, officers, sessionsDraining })
        return { closed, sessionsDraining }
      })
      if (result.closed) {
        noteClosed()
        await tell('fallback.closed', {
          opening,
          because,
          officers,
          sessionsDraining: result.sessionsDraining,
        })
      }
      return result
    },

    gpki: {
      get switchedOff() {
        return switching.signal.aborted
      },
      get switched() {
        return switching.signal
      },
    },

    stop: () => clearTimeout(expiry),
  }

  if (measure !== undefined) {
    const opening = await openingInForce(database, new Date(now()))
    if (opening !== undefined) noteOpen(opening)
    else await expire()
  }
  return fallback
}
