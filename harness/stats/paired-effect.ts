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
 * Where the acts of a story begin and end (`cuts`) the difference changes by plan, not by chance: a fault is there, and
 * then it is not. Each act is then looked at by itself, and the intervals are added. In simulations of bursty visits
 * (correlation to 0.9) it covers 93 % and more; 90 % where an act has a handful of failures in one or two bursts, of
 * which such a sample cannot know.
 *
 * Source of the addition: G. Y. Zou and A. Donner, "Construction of confidence limits about effect measures: a general
 * approach", Statistics in Medicine 27 (2008) 1693–1702 (MOVER).
 *
 * @param cuts places (0 to n, ascending) where one act ends and the next begins; default: all is one act
 * @throws RangeError unless both have the same length, and the cuts lie in it in order
 * @example
 * pairedEffect([1, 1, 1, 0], [0, 1, 0, 0]) // saved 2, lost 0, either 1, neither 1
 */
export function pairedEffect(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  cuts: readonly number[] = [],
): PairedEffect {
  const n = first.length
  if (second.length !== n) throw new RangeError(`${n} visits cannot be matched with ${second.length}`)
  const ends = [0, ...cuts, n]
  if (ends.some((end, i) => i > 0 && end < ends[i - 1]!))
    throw new RangeError(`cuts at ${cuts.join(', ')} are not in order within 0 to ${n}`)
  const acts = ends.slice(1).map((end, i) => actOf(first, second, ends[i]!, end))
  const sum = (of: (act: Act) => number): number => acts.reduce((total, act) => total + of(act), 0)
  const [saved, lost, either] = [sum((act) => act.saved), sum((act) => act.lost), sum((act) => act.either)]
  const difference = saved - lost
  const interval = added(acts, difference, n, (act) => act.interval)
  const [surelyLow, surelyHigh] = added(acts, difference, n, (act) => act.surely)
  const lostMarks = Uint8Array.from({ length: n }, (_, i) => (first[i]! < second[i]! ? 1 : 0))
  return {
    n,
    saved,
    lost,
    either,
    neither: n - saved - lost - either,
    effective: sum((act) => act.effective),
    difference,
    interval,
    differs: surelyLow > 0 || surelyHigh < 0,
    lostAtMost: clusteredShare(lostMarks).interval[1] * n,
  }
}

/** What is known of one act by itself, in visits. */
interface Act {
  readonly saved: number
  readonly lost: number
  readonly either: number
  readonly effective: number
  /** At 95 % and at 99 %. */
  readonly interval: Interval
  readonly surely: Interval
}

function actOf(first: ArrayLike<number>, second: ArrayLike<number>, from: number, to: number): Act {
  const n = to - from
  const differences = new Int8Array(n)
  let saved = 0
  let lost = 0
  let either = 0
  for (let i = 0; i < n; i++) {
    const [one, other] = [first[from + i]!, second[from + i]!]
    differences[i] = one - other
    if (one > other) saved++
    else if (one < other) lost++
    else either += one
  }
  const persistence = longRun(differences, n === 0 ? 0.5 : (saved + lost) / n)
  const effective = effectiveOf(n, persistence)
  return {
    saved,
    lost,
    either,
    effective,
    interval: tangoOf(saved, lost, n, effective),
    surely: tangoOf(saved, lost, n, effectiveOf(n, persistence, z99), z99),
  }
}

/** Tango's interval for as many pairs as these are worth, in visits. */
function tangoOf(saved: number, lost: number, n: number, effective: number, z?: number): Interval {
  const each = n === 0 ? 1 : effective / n
  const [low, high] = tangoInterval(saved * each, lost * each, effective, z)
  return [low * n, high * n]
}

/** The interval of a sum of independent parts: the distances of their ends are added as squares. */
function added(acts: readonly Act[], difference: number, n: number, of: (act: Act) => Interval): Interval {
  const distance = (end: 0 | 1): number =>
    Math.hypot(...acts.map((act) => of(act)[end] - (act.saved - act.lost)))
  return [Math.max(-n, difference - distance(0)), Math.min(n, difference + distance(1))]
}
