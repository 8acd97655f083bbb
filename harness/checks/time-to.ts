import { z } from 'zod'
import type { ArmRecord } from '../journal/record.ts'
import type { CheckSpec, Evidence } from '../model/check.ts'
import { type Duration, formatMs } from '../model/units.ts'
import type { CheckKind, Finding } from './check-kind.ts'
import { noFaultHere, nothingSeen } from './decide.ts'
import { asMs, custom, nameParam, paramsOf, problemsOf, someDurationParam } from './params.ts'
import { firstInjectionMs, lastRevertMs, watchedUntilMs } from './reverts.ts'
import { offset } from './visits.ts'

type TimeToOptions = {
  readonly within: Duration
  /** From the first fault injected, or from the last one reverted. */
  readonly of: 'injected' | 'reverted'
  readonly source: string
  readonly title?: string
} & (
  | { readonly role?: 'protected' }
  /** What must be seen with the measures and without them, such as an alarm. */
  | { readonly role: 'guard'; readonly sabotages: readonly string[] }
)

/**
 * Time until the system reports an event, such as `fallback.opened`. It speaks of the fault, and is protected there
 * unless it is said to be a guard; where no fault is injected, `of: 'injected'` becomes a guard: the event must not happen.
 */
export function timeTo(event: string, options: TimeToOptions): CheckSpec {
  const withinMs = asMs(options.within)
  const since = options.of === 'reverted' ? 'the last fault is gone' : 'the fault begins'
  return {
    kind: 'time-to',
    title: options.title ?? `${event} ≤ ${formatMs(withinMs)} after ${since}`,
    role: options.role ?? 'protected',
    journeys: [],
    source: options.source,
    params: { event, withinMs, of: options.of },
    ...(options.role === 'guard' && { sabotages: options.sabotages }),
  }
}

const params = z.strictObject({
  event: nameParam,
  withinMs: someDurationParam,
  of: custom<'injected' | 'reverted'>(
    "'injected' or 'reverted'",
    (v) => v === 'injected' || v === 'reverted',
  ),
})

export const timeToKind: CheckKind = {
  kind: 'time-to',
  summary: 'time from a fault injected or reverted to an event of the system; without a fault: never (guard)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { event, withinMs, of } = paramsOf(params, spec)
    if (!record.faultsOn)
      return of === 'injected' ? notWithoutFault(event, record) : noFaultHere('nothing is reverted')

    const limits = { unit: 'ms', threshold: withinMs, good: 'at most' } as const
    const from = of === 'injected' ? firstInjectionMs(record) : lastRevertMs(record)
    if (from === null) return nothingSeen(`no fault was seen ${of}`, limits)

    const happened = record.system.filter((e) => e.event === event)
    const firstMs = Math.min(...happened.filter((e) => e.ms >= from).map((e) => e.ms))
    const evidence: Evidence = { n: 1, ...limits, estimate: null, interval: null, smallestDetectable: null }
    const bound = `at most ${formatMs(withinMs)} allowed`
    if (Number.isFinite(firstMs)) {
      const tookMs = firstMs - from
      return {
        verdict: tookMs <= withinMs ? 'holds' : 'deviates',
        // The moment itself is known, not estimated.
        evidence: { ...evidence, estimate: tookMs, interval: [tookMs, tookMs], smallestDetectable: 0 },
        said: `${event} ${formatMs(tookMs)} after the fault was ${of} (${bound})`,
      }
    }

    const until = watchedUntilMs(record)
    if (until === null)
      return nothingSeen(`${event} was not seen, and the arm not watched to its end`, limits)
    const watchedMs = Math.max(0, until - from)
    const early = happened.at(-1)
    const said =
      `${event} never came in the ${formatMs(watchedMs)} after the fault was ${of} (${bound})` +
      (early === undefined ? '' : `; it came before, at ${offset(early.ms)}`)
    const unbounded: Evidence = { ...evidence, interval: [watchedMs, null] }
    return watchedMs >= withinMs
      ? { verdict: 'deviates', evidence: unbounded, said }
      : { verdict: 'inconclusive', evidence: unbounded, said: `${said}; a longer watch would decide` }
  },
}

/** The counterpart where there is no fault: what answers a fault must not happen without one. */
function notWithoutFault(event: string, record: ArmRecord): Finding {
  const happened = record.system.filter((e) => e.event === event)
  const evidence: Evidence = {
    n: 1,
    unit: 'count',
    estimate: happened.length,
    interval: [happened.length, happened.length],
    threshold: 0,
    good: 'at most',
    smallestDetectable: 1,
  }
  if (happened.length === 0)
    return { verdict: 'holds', role: 'guard', evidence, said: `${event} never happened: no fault, no answer` }
  return {
    verdict: 'deviates',
    role: 'guard',
    evidence,
    said: `${event} happened ${happened.length} × although there was no fault`,
    lookAt: happened.slice(0, 5).map((e) => `${e.service} at ${offset(e.ms)}: ${e.event}`),
  }
}
