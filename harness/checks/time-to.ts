import { z } from 'zod'
import type { CheckSpec, Evidence } from '../model/check.ts'
import { type Duration, formatMs } from '../model/units.ts'
import type { CheckKind } from './check-kind.ts'
import { nothingSeen } from './decide.ts'
import { asMs, custom, nameParam, paramsOf, problemsOf, someDurationParam } from './params.ts'
import { firstInjectionMs, lastRevertMs, watchedUntilMs } from './reverts.ts'
import { type CommonOptions, commonOf, type GuardOptions } from './spec.ts'
import { offset } from './visits.ts'

type TimeToOptions = {
  readonly within: Duration
  /** From the first fault injected, or from the last one reverted. */
  readonly of: 'injected' | 'reverted'
  /** Id of the fault that is meant; default: whichever was injected first, or reverted last. */
  readonly fault?: string
} & (
  | ({ readonly measure: string } & CommonOptions)
  /** What must be seen with the measures and without them, such as an alarm. */
  | ({ readonly measure?: never } & GuardOptions)
)

/**
 * Time until the system reports an event, in arms with the fault. What only a `measure` can emit is a mechanism of that
 * measure; what must be seen with and without measures, such as an alarm, is a guard.
 * @example timeTo('fallback.opened', { of: 'injected', within: '2s', measure: 'password-fallback', source: '† ours' })
 */
export function timeTo(event: string, options: TimeToOptions): CheckSpec {
  const withinMs = asMs(options.within)
  const { measure, fault } = options
  const which = fault === undefined ? '' : ` '${fault}'`
  const since =
    options.of === 'reverted'
      ? `the ${fault === undefined ? 'last fault' : `fault${which}`} is gone`
      : `the fault${which} begins`
  const where = { fault: true, ...(measure !== undefined && { measure }) }
  return {
    ...commonOf('time-to', event, { where, ...options }, ['measure', 'within', 'of', 'fault']),
    title: options.title ?? `${event} ≤ ${formatMs(withinMs)} after ${since}`,
    role: measure === undefined ? 'guard' : 'mechanism',
    journeys: [],
    params: { event, withinMs, of: options.of, ...(fault !== undefined && { fault }) },
  }
}

const params = z.strictObject({
  event: nameParam,
  withinMs: someDurationParam,
  of: custom<'injected' | 'reverted'>(
    "'injected' or 'reverted'",
    (v) => v === 'injected' || v === 'reverted',
  ),
  fault: nameParam.exactOptional(),
})

export const timeToKind: CheckKind = {
  kind: 'time-to',
  summary: 'time from a fault injected or reverted to an event of the system',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { event, withinMs, of, fault } = paramsOf(params, spec)
    const limits = { unit: 'ms', threshold: withinMs, good: 'at most' } as const
    const from = of === 'injected' ? firstInjectionMs(record, fault) : lastRevertMs(record, fault)
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
