import { clusteredShare } from './clustered-share.ts'
import { type Interval, z99 } from './confidence.ts'
import { effectiveOf } from './effective-sample.ts'
import { longRun } from './long-run.ts'
import { tangoInterval } from './tango.ts'

/** What one arm did for users that the other did not, visit by visit; counts are visits out of `n`. */
interface PairedEffect {
  readonly n: number
  /** Served in the first arm only. */
  readonly saved: number
  /** Served in the second arm only. */
  readonly lost: number
  /** Served in both. */
  readonly either: number
  /** Served in none. */
  readonly neither: number
  /** Effective sample size of the difference, n or less. */
  readonly effective: number
  /** `saved − lost`, in visits. */
  readonly difference: number
  /** Its 95 % interval, in visits, from −n to n; not whole. */
  readonly interval: Interval
  /** Whether the arms are told apart: the 99 % interval excludes 0, so that two equal arms are, once in a hundred. */
  readonly differs: boolean
  /** The upper end of the 95 % interval of `lost`, in visits: where none was lost, how many might have been. */
  readonly lostAtMost: number
}

/**
 * Compares two arms over the same visits: `first[i]` and `second[i]` are the outcomes (1: served) of one visit, in
 * order of time. The interval knows bursts: it is Tango's, for as many pairs as the series of differences (−1, 0, 1) is
 * worth. With independent visits it is Tango's own, a few per cent wider on average.
 *
 * @throws RangeError unless both have the same length
 * @example
 * pairedEffect([1, 1, 1, 0], [0, 1, 0, 0]) // saved 2, lost 0, either 1, neither 1
 */
export function pairedEffect(first: ArrayLike<number>, second: ArrayLike<number>): PairedEffect {
  const n = first.length
  if (second.length !== n) throw new RangeError(`${n} visits cannot be matched with ${second.length}`)
  const differences = new Int8Array(n)
  const lostMarks = new Uint8Array(n)
  let saved = 0
  let lost = 0
  let either = 0
  for (let i = 0; i < n; i++) {
    const [one, other] = [first[i]!, second[i]!]
    differences[i] = one - other
    if (one > other) saved++
    else if (one < other) lost += lostMarks[i] = 1
    else either += one
  }
  const persistence = longRun(differences, n === 0 ? 0.5 : (saved + lost) / n)
  const effective = effectiveOf(n, persistence)
  const differing = effectiveOf(n, persistence, z99)
  const [low, high] = tangoOf(saved, lost, n, effective)
  const [surelyLow, surelyHigh] = tangoOf(saved, lost, n, differing, z99)
  return {
    n,
    saved,
    lost,
    either,
    neither: n - saved - lost - either,
    effective,
    difference: saved - lost,
    interval: [low * n, high * n],
    differs: surelyLow > 0 || surelyHigh < 0,
    lostAtMost: clusteredShare(lostMarks).interval[1] * n,
  }
}

/** Tango's interval for as many pairs as these are worth. */
function tangoOf(saved: number, lost: number, n: number, effective: number, z?: number): Interval {
  const each = n === 0 ? 1 : effective / n
  return tangoInterval(saved * each, lost * each, effective, z)
}
