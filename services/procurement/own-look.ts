import { Router } from 'express'
import type { Capacity } from '../common/capacity.ts'
import type { Database } from '../common/database.ts'
import type { Log } from '../common/log.ts'
import type { ProcurementWork } from './capacity.ts'

export const ownLookSchema = `
  create table if not exists own_outages (
    from_at timestamptz(3) primary key,
    to_at timestamptz(3) not null
  )`

/** How often it looks, in ms. † ours. */
const everyMs = 100

/** Who would wait so long for a worker is not served, in ms. † ours: as long as the situation room waits for its probe. */
const longestWaitMs = 500

/** Nobody at all comes for so long only where nobody can, in ms. † ours: the situation room asks four times a second. */
const silenceMs = 1_000

/** A good moment shorter than this within an outage ends it not, in ms. † ours. */
const pauseMs = 1_000

/**
 * How much earlier and later an outage may seem from outside, in ms. † ours: the last probe that passed, and on the other
 * side the probe that passes again and those who waited until then. Two that lie closer are one.
 */
const seenFromOutside = { earlierMs: 1_500, laterMs: 3_000 }

export interface OwnLook {
  /** Put first in the chain: it notes that somebody came. */
  readonly router: Router
  /** Whether bidders could not be served then, all through, as the system itself saw it, in this life or an earlier one. */
  wasOut(from: Date, to: Date): Promise<boolean>
  stop(): void
}

/** The system's own measurement of when it was unavailable to bidders. @param parts.slots its workers */
export function startOwnLook(parts: {
  readonly capacity: Capacity<ProcurementWork>
  readonly slots: number
  /** Mean of one request's time with a worker, in ms. */
  readonly meanMs: number
  readonly database: Database
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): OwnLook {
  const { capacity, slots, meanMs, database, log, now } = parts
  let lastCameAt = now()
  let outage: { from: number; to: number } | undefined

  function isOut(): boolean {
    return (capacity.state.queued * meanMs) / slots > longestWaitMs || now() - lastCameAt > silenceMs
  }

  async function look(): Promise<void> {
    if (!isOut()) return
    const at = now()
    if (outage === undefined || at - outage.to > pauseMs) outage = { from: Math.min(at, lastCameAt), to: at }
    outage.to = at
    await database.query(
      'insert into own_outages values ($1, $2) on conflict (from_at) do update set to_at = excluded.to_at',
      [new Date(outage.from), new Date(at)],
    )
  }

  const looking = setInterval(() => {
    look().catch((error: unknown) => log.warn({ err: error }, 'what was measured could not be written'))
  }, everyMs)
  return {
    router: Router().use((_request, _response, next) => {
      lastCameAt = now()
      next()
    }),
    async wasOut(from, to) {
      const seen = await database.query<{ from: Date; to: Date }>(
        `select from_at - $3 * interval '1 ms' as "from", to_at + $4 * interval '1 ms' as "to" from own_outages
         where from_at - $3 * interval '1 ms' <= $2 and $1 <= to_at + $4 * interval '1 ms' order by from_at`,
        [from, to, seenFromOutside.earlierMs, seenFromOutside.laterMs],
      )
      let coveredTo = from
      for (const outage of seen) {
        if (outage.from > coveredTo) return false
        if (outage.to > coveredTo) coveredTo = outage.to
      }
      return seen.length > 0 && to <= coveredTo
    },
    stop: () => clearInterval(looking),
  }
}
