import { type Interval, z95 } from './confidence.ts'

/**
 * Wilson's score interval for a proportion, 95 %: honest for small samples and for shares near 0 and 1, where the
 * textbook interval has no width. No successes of none: `[0, 1]`, nothing is known.
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
 * 209–212; recommended by Brown, Cai and DasGupta, "Interval estimation for a binomial proportion", Statistical
 * Science 16 (2001) 101–133.
 *
 * @throws RangeError unless 0 ≤ successes ≤ n
 */
export function wilsonInterval(successes: number, n: number): Interval {
  if (!(successes >= 0 && successes <= n)) throw new RangeError(`${successes} successes of ${n}`)
  if (n === 0) return [0, 1]
  const share = successes / n
  const z2 = z95 * z95
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (z95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  // The ends are exactly 0 and 1 there; floating point would leave them a hair off.
  const low = successes === 0 ? 0 : Math.max(0, centre - half)
  const high = successes === n ? 1 : Math.min(1, centre + half)
  return [low, high]
}

/**
 * The sample size at which Wilson's interval would no longer contain `threshold`, were the share really `share`.
 * Wilson's interval is the score test turned inside out, so this is closed: z² t (1 − t) / (share − t)². `null` where
 * no sample can tell: the share is the threshold, or the threshold is 0 or 1.
 *
 * @param each how many samples are worth one independent sample; 1 by default
 */
export function samplesToDecideShare(share: number, threshold: number, each = 1): number | null {
  const distance = share - threshold
  const variance = threshold * (1 - threshold)
  if (distance === 0 || variance <= 0) return null
  const n = Math.ceil((each * z95 * z95 * variance) / (distance * distance))
  return Number.isSafeInteger(n) ? Math.max(1, n) : null
}

/**
 * How far from `threshold` the observed share of `n` must lie for Wilson's interval to leave the threshold out:
 * z √(t (1 − t) / n), from the same score test. `null` for an empty sample.
 */
export function smallestDetectableShare(n: number, threshold: number): number | null {
  return n === 0 ? null : z95 * Math.sqrt((threshold * (1 - threshold)) / n)
}
