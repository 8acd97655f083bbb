import type { AuditTrail } from './audit.ts'

/** What was refused to somebody who has not shown who they are. */
export interface Refusal extends Readonly<Record<string, unknown>> {
  /** The address it came from. */
  readonly source: string
  readonly reason: string
}

/** Keeps refusals on the audit, without letting them fill it. */
export interface Refusals {
  /**
   * Resolves once it is kept: as a record of its own, or counted for the summary of its period. It never rejects: what
   * is refused stays refused, whether or not there is room to say so.
   * @param kind of the record, `login.refused`
   */
  record(kind: string, refusal: Refusal): Promise<void>
  /** Audits what was counted until now. */
  close(): Promise<void>
}

export interface RefusalLimits {
  /** Records of its own that one source may have in a period, and all sources together. */
  readonly perSource: number
  readonly inAll: number
  readonly periodMs: number
}

/** † ours: more than people mistype, and a period's are a hundredth of the spool. */
export const refusalLimits: RefusalLimits = { perSource: 10, inAll: 50, periodMs: 5_000 }

/** Kind of the record that stands for many. */
export const manyRefused = 'refusals.counted'

/** Sources that a summary names; whoever comes later is counted among the others. */
const namedSources = 20
const others = 'others'

/** Refusals that have no record of their own, since a moment (epoch ms). */
interface Tally {
  readonly since: number
  attempts: number
  readonly sources: Map<string, number>
  /** By kind and reason. */
  readonly reasons: Map<string, number>
}

/**
 * Anybody can be refused as often as they like, so a limit comes before the audit: so many records a period for each
 * source, and so many for all. What goes beyond becomes one record a period, with how often, from where and why. All of
 * it is `sparing`: while the sink is down it leaves the rest of the spool to those who are let in. A summary that finds
 * no room waits in memory, and grows until there is some; only a crash loses it.
 */
export function createRefusals(options: {
  readonly audit: Pick<AuditTrail, 'append'>
  readonly limits: RefusalLimits
  /** The sabotage `audits-before-throttle`: each is a record, as any other. */
  readonly unlimited: boolean
  /** Epoch ms. */
  readonly now: () => number
}): Refusals {
  const { audit, limits, unlimited, now } = options
  const bySource = new Map<string, number>()
  let periodEndsAt = 0
  let recorded = 0
  let tally: Tally | undefined

  /** Whether there is one more record for this source in this period. */
  function take(source: string): boolean {
    if (now() >= periodEndsAt) {
      periodEndsAt = now() + limits.periodMs
      recorded = 0
      bySource.clear()
    }
    const before = bySource.get(source) ?? 0
    if (recorded >= limits.inAll || before >= limits.perSource) return false
    recorded += 1
    bySource.set(source, before + 1)
    return true
  }

  function count(source: string, reason: string): void {
    tally ??= { since: now(), attempts: 0, sources: new Map(), reasons: new Map() }
    tally.attempts += 1
    const named = tally.sources.has(source) || tally.sources.size < namedSources ? source : others
    tally.sources.set(named, (tally.sources.get(named) ?? 0) + 1)
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1)
  }

  async function summarise(): Promise<void> {
    const told = tally
    if (told === undefined) return
    tally = undefined
    const facts = {
      attempts: told.attempts,
      since: new Date(told.since).toISOString(),
      sources: Object.fromEntries(told.sources),
      reasons: Object.fromEntries(told.reasons),
    }
    await audit.append(manyRefused, facts, { sparing: true }).catch(() => {
      tally = together(told, tally)
    })
  }

  const summaries = setInterval(() => void summarise(), limits.periodMs)
  summaries.unref()

  return {
    async record(kind, refusal) {
      if (unlimited) return audit.append(kind, refusal)
      const { source, reason } = refusal
      if (!take(source)) return count(source, `${kind} ${reason}`)
      await audit.append(kind, refusal, { sparing: true }).catch(() => count(source, `${kind} ${reason}`))
    },
    async close() {
      clearInterval(summaries)
      await summarise()
    },
  }
}

function together(earlier: Tally, later: Tally | undefined): Tally {
  if (later === undefined) return earlier
  earlier.attempts += later.attempts
  for (const [reason, times] of later.reasons) {
    earlier.reasons.set(reason, (earlier.reasons.get(reason) ?? 0) + times)
  }
  for (const [source, times] of later.sources) {
    const named = earlier.sources.has(source) || earlier.sources.size < namedSources ? source : others
    earlier.sources.set(named, (earlier.sources.get(named) ?? 0) + times)
  }
  return earlier
}
