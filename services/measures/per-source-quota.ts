import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Requests a second that one source may make. † ours: twice what all bidders of one line make in a peak. */
  requestsPerS: z.number().min(1).max(1_000_000).default(100),
  /** Requests that a source which is held may have in hand, waiting for a worker or with one. † ours: a quarter of eight workers. */
  inHand: z.number().int().min(1).max(100_000).default(2),
  /**
   * How long a source must have been beyond its requests before it is held, in ms. † ours: some minutes, scaled: one
   * address may be that of a whole company, and its rush before a deadline is no flood.
   */
  patienceMs: z.number().int().min(0).max(3_600_000).default(800),
})

export type PerSourceQuotaParameters = z.output<typeof parameters>

/** A flood from one source (T11, F9) gets that source's share of the workers, and no more. */
export const perSourceQuota: Measure<typeof parameters> = {
  name: 'per-source-quota',
  title: 'a source that floods is held to a quota of requests and of workers',
  parameters,
}

/** Of each source: what it asks, and what it has in hand. */
export interface SourceMeter {
  /** Counts a request. @returns whether it is within the quota */
  asks(source: string): boolean
  /** Takes one in hand. @returns what gives it back; undefined where the source has its share in hand */
  takes(source: string): (() => void) | undefined
}

interface Source {
  /** What it asks beyond the quota's pace. */
  readonly asked: Bucket
  /** What was let pass of that while it was held. */
  passed: Bucket
  /** Since when it has asked for more than a second's worth beyond. */
  overSince: number | undefined
  held: boolean
  inHand: number
}

/** Sources that are kept in mind at once; beyond that the idle ones are forgotten. † ours. */
const mostSources = 10_000

/** A held source may come with a tenth of a second's worth at once. † ours. */
const burstS = 0.1

/**
 * @param options.onChange told when a source is held, and when it is let go
 * @param options.now ms of any clock that runs evenly
 */
export function createSourceMeter(options: {
  readonly settings: PerSourceQuotaParameters
  readonly onChange: (source: string, change: 'held' | 'let-go') => void
  readonly now: () => number
}): SourceMeter {
  const { settings, onChange, now } = options
  const { requestsPerS, inHand, patienceMs } = settings
  const sources = new Map<string, Source>()
  const bucket = () => createBucket(requestsPerS, now)

  function find(name: string): Source {
    const known = sources.get(name)
    if (known !== undefined) return known
    if (sources.size >= mostSources) forgetIdle()
    const source = { asked: bucket(), passed: bucket(), overSince: undefined, held: false, inHand: 0 }
    sources.set(name, source)
    return source
  }

  function forgetIdle(): void {
    for (const [name, { asked, inHand: busy }] of sources) {
      if (asked.level() === 0 && busy === 0) sources.delete(name)
    }
  }

  function judge(name: string, source: Source): void {
    if (source.asked.level() <= requestsPerS) source.overSince = undefined
    else source.overSince ??= now()
    const held = source.overSince !== undefined && now() - source.overSince >= patienceMs
    if (held === source.held) return
    source.held = held
    source.passed = bucket()
    onChange(name, held ? 'held' : 'let-go')
  }

  return {
    asks(name) {
      const source = find(name)
      // Two seconds' worth at most, so that a source that has stopped is soon let go.
      source.asked.fill(2 * requestsPerS)
      judge(name, source)
      return !source.held || source.passed.fill(Math.max(1, burstS * requestsPerS))
    },
    takes(name) {
      const source = find(name)
      if (source.held && source.inHand >= inHand) return undefined
      source.inHand += 1
      return () => {
        source.inHand -= 1
      }
    },
  }
}

interface Bucket {
  level(): number
  /** Puts one in. @returns whether there was room under the brim */
  fill(brim: number): boolean
}

/** Drains so many a second. @param now ms */
function createBucket(perS: number, now: () => number): Bucket {
  let held = 0
  let at = now()
  function level(): number {
    held = Math.max(0, held - ((now() - at) / 1_000) * perS)
    at = now()
    return held
  }
  return {
    level,
    fill(brim) {
      if (level() + 1 > brim) return false
      held += 1
      return true
    },
  }
}
