import { wilsonInterval } from './wilson.ts'

/** Nobody runs a scenario for more samples than this. */
const mostSamples = 1e7

/**
 * The smallest sample, larger than `from`, that `decides`; doubled until it does, then halved back. `decides` should
 * turn true once and stay so; where it wavers (ranks and counts are whole numbers) the answer is near the first turn.
 *
 * @returns null where no sample up to ten million decides
 */
export function smallestSample(from: number, decides: (n: number) => boolean): number | null {
  let tooFew = from
  let enough = Math.max(1, from + 1)
  while (!decides(enough)) {
    tooFew = enough
    enough *= 2
    if (enough > mostSamples) return null
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (decides(middle)) enough = middle
    else tooFew = middle
  }
  return enough
}

/**
 * What a planned sample can show, before it is taken: whether "at least `threshold` of the visits succeed" can be found
 * to hold at all, and how many may fail so that it still is. For independent visits; failures in one burst are worth
 * more than one each, so that fewer are tolerated then.
 *
 * @returns the most failures with which Wilson's 95 % interval stays at or above the threshold; null where even a
 * flawless sample is too small
 * @throws RangeError unless `n` is a count and 0 < threshold < 1
 * @example failuresTolerated(103, 0.95) // 0
 * @example failuresTolerated(60, 0.95) // null: 73 visits are needed
 */
export function failuresTolerated(n: number, threshold: number): number | null {
  if (!(Number.isSafeInteger(n) && n >= 0)) throw new RangeError(`${n} is not a count`)
  if (!(threshold > 0 && threshold < 1)) throw new RangeError(`threshold ${threshold} is not between 0 and 1`)
  const holds = (failures: number): boolean => wilsonInterval(n - failures, n)[0] >= threshold
  if (!holds(0)) return null
  // The fewest failures with which it no longer holds; all failing is such a number.
  return (smallestSample(0, (failures) => failures >= n || !holds(failures)) ?? n) - 1
}
