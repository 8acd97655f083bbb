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
