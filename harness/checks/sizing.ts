import { timeOfAct } from '../model/acts.ts'
import type { ArrivalsSpec } from '../model/arrivals.ts'
import type { CheckSpec, Window } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import { checkKind } from './index.ts'
import { plannedSpan, wholeArm } from './window.ts'

/** What a planned sample can show, before it is taken. */
export interface Sizing {
  /** {@link CheckSpec.id}. */
  readonly check: string
  /** Visits due in its window, by the planned rates. */
  readonly expected: number
  /** Fewer than this cannot hold, even if all of them succeed. */
  readonly needs: number
  /** Where it is about failures: of the expected visits, the most that may fail so that it still holds. */
  readonly tolerates?: number
}

/** The sizing of each check that has one. Pure. */
export function sizingsOf(plan: Pick<Plan, 'checks' | 'load' | 'faults' | 'acts'>): Sizing[] {
  return plan.checks.flatMap((spec) => {
    const kind = checkKind(spec.kind)
    // The journal of another version may hold what this one cannot read.
    if (kind?.sample === undefined || kind.problems(spec).length > 0) return []
    const sample = kind.sample(spec)
    const expected = Math.round(expectedVisits(plan, spec.journeys, sample.window))
    const { needs } = sample
    const tolerates = expected < needs ? undefined : sample.tolerates?.(expected)
    return [{ check: spec.id, expected, needs, ...(typeof tolerates === 'number' && { tolerates }) }]
  })
}

/** Checks whose planned sample can never decide, in words. */
export function sizingProblems(plan: Pick<Plan, 'checks' | 'load' | 'faults' | 'acts'>): string[] {
  const titles = new Map(plan.checks.map((spec: CheckSpec) => [spec.id, spec.title]))
  return sizingsOf(plan)
    .filter(({ expected, needs }) => expected < needs)
    .map(
      ({ check, expected, needs }) =>
        `check '${titles.get(check)}' can never hold: about ${expected} visits are due in its window, and even if all succeed ${needs} are needed; raise the rate ${Math.ceil((10 * needs) / Math.max(1, expected)) / 10} times, or lengthen the act as much`,
    )
}

/** Visits that are due, by the planned rates; of Poisson arrivals, as many as come on average. */
function expectedVisits(
  { load, faults, acts }: Pick<Plan, 'load' | 'faults' | 'acts'>,
  journeys: readonly string[],
  window: Window | undefined,
): number {
  const span = window === undefined ? wholeArm : plannedSpan({ acts }, window)
  if (span === null) return 0
  const { fromMs, toMs } = span
  const own = load.map((stream) => ({ stream, ...timeOfAct(acts, stream.act) }))
  const brought = faults.flatMap(({ streams = [], fromMs: atMs }) =>
    streams.map((stream) => ({ stream, atMs, durationMs: stream.durationMs })),
  )
  return [...own, ...brought]
    .filter(({ stream }) => journeys.includes(stream.journey))
    .reduce(
      (sum, { stream, atMs, durationMs }) =>
        sum + arrivalsBetween(stream, durationMs, fromMs - atMs, toMs - atMs),
      0,
    )
}

/** A rate that ramps linearly, summed between two times of its stream, ms. */
function arrivalsBetween(
  { perSecond: [from, to] }: Pick<ArrivalsSpec, 'perSecond'>,
  durationMs: number,
  startMs: number,
  endMs: number,
): number {
  const [a, b] = [Math.max(0, startMs), Math.min(durationMs, endMs)]
  if (b <= a) return 0
  const rateAt = (ms: number): number => from + ((to - from) * ms) / durationMs
  return (((rateAt(a) + rateAt(b)) / 2) * (b - a)) / 1000
}
