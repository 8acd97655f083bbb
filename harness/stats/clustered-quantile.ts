import type { Interval } from './confidence.ts'
import { effectiveOf } from './effective-sample.ts'
import { longRun } from './long-run.ts'
import { quantileRanks } from './quantile.ts'

interface ClusteredQuantile {
  readonly estimate: number
  /** Effective sample size: the smallest that was met on the way to the interval's ends. */
  readonly effective: number
  readonly interval: Interval
}

/**
 * The `q` quantile of values in order of time, none of them negative, with a distribution-free 95 % interval that knows
 * that slow visits come in bursts. Failures belong into the sample as `Infinity`.
 *
 * A value is above the quantile with 95 % confidence where enough of the sample lies at or below it; what is enough
 * comes from the ranks of a sample as small as this one is worth (`effectiveSample` of "at or below that value").
 * Bursts are judged at each end by itself: an end that no visit crosses in bursts is not moved by bursts elsewhere.
 *
 * Source: the ranks are {@link quantileRanks}'; a quantile's interval as a share's turned inside out, R. S. Woodruff,
 * "Confidence intervals for medians and other position measures", JASA 47 (1952) 635–646.
 *
 * @throws RangeError for an empty sample, or unless 0 < q < 1
 * @example clusteredQuantile(Float64Array.from({ length: 100 }, (_, i) => i), 0.5).estimate // 49
 */
export function clusteredQuantile(inOrderOfTime: Float64Array, q: number): ClusteredQuantile {
  const n = inOrderOfTime.length
  if (n === 0) throw new RangeError('an empty sample has no quantile')
  const ascending = inOrderOfTime.slice().sort()
  const marks = new Uint8Array(n)
  let effective = n
  const worth: Worth = (end, included) => {
    let ones = 0
    for (let i = 0; i < n; i++) {
      const value = inOrderOfTime[i]!
      const mark = value < end || (included && value === end) ? 1 : 0
      marks[i] = mark
      ones += mark
    }
    const found = effectiveOf(n, longRun(marks, ones / n))
    effective = Math.min(effective, found)
    return Math.floor(found)
  }
  const independent = quantileRanks(n, q)
  const low = lowEnd(ascending, independent.low, q, worth)
  const high = highEnd(ascending, independent.high, q, worth)
  return {
    estimate: ascending[Math.min(n, Math.max(1, Math.ceil(n * q))) - 1]!,
    effective,
    interval: [low, high],
  }
}

/** What the sample is worth for the share of values below `end`, or at it too. */
type Worth = (end: number, included: boolean) => number

/** From the rank of an independent sample upwards, until the rank is high enough for what the sample is worth there. */
function highEnd(ascending: Float64Array, from: number | null, q: number, worth: Worth): number {
  const n = ascending.length
  if (from === null) return Number.POSITIVE_INFINITY
  for (let rank = from; ; ) {
    const end = ascending[rank - 1]!
    const size = worth(end, true)
    const { high } = quantileRanks(size, q)
    const enough = high === null ? null : Math.ceil((high * n) / size)
    if (enough !== null && enough <= rank) return end
    if (rank === n) return Number.POSITIVE_INFINITY
    rank = enough === null ? Math.ceil((rank + n) / 2) : enough
  }
}

/** The same downwards. */
function lowEnd(ascending: Float64Array, from: number | null, q: number, worth: Worth): number {
  const n = ascending.length
  if (from === null) return 0
  for (let rank = from; ; ) {
    const end = ascending[rank - 1]!
    const size = worth(end, false)
    const { low } = quantileRanks(size, q)
    const few = low === null ? null : Math.floor(((low - 1) * n) / size) + 1
    if (few !== null && few >= rank) return end
    if (rank === 1) return 0
    rank = few === null ? Math.floor(rank / 2) : few
  }
}
