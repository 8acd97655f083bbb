import { type Interval, tail95 } from './confidence.ts'

/**
 * The exact 95 % interval of a Poisson count's expectation: the smallest expectation that still makes `count` or more
 * as likely as 2.5 %, and the largest that makes `count` or fewer so. Divide by a time for a rate.
 *
 * Source: F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936) 437–442.
 *
 * @throws RangeError unless `count` is a whole number, 0 or more
 */
export function poissonInterval(count: number): Interval {
  if (!(Number.isSafeInteger(count) && count >= 0)) throw new RangeError(`${count} is not a count`)
  const reach = 10 * Math.sqrt(count + 1) + 20
  const low =
    count === 0
      ? 0
      : bisect(Math.max(0, count - reach), count, (mean) => 1 - atMost(count - 1, mean) > tail95)
  const high = bisect(count, count + reach, (mean) => atMost(count, mean) < tail95)
  return [low, high]
}

/** The point between `low` and `high` at which `past` turns true. */
function bisect(low: number, high: number, past: (at: number) => boolean): number {
  let [from, to] = [low, high]
  while (to - from > 1e-10 * (1 + to)) {
    const middle = (from + to) / 2
    if (past(middle)) to = middle
    else from = middle
  }
  return (from + to) / 2
}

/** P(X ≤ k) of a Poisson variable; weights relative to the mode, so that nothing under- or overflows. */
function atMost(k: number, mean: number): number {
  if (mean === 0) return 1
  const mode = Math.floor(mean)
  let within = mode <= k ? 1 : 0
  let total = 1
  for (let i = mode, weight = 1; i > 0; i--) {
    weight *= i / mean
    if (weight < negligible) break
    total += weight
    if (i - 1 <= k) within += weight
  }
  for (let i = mode + 1, weight = 1; ; i++) {
    weight *= mean / i
    if (weight < negligible) break
    total += weight
    if (i <= k) within += weight
  }
  return within / total
}

/** Relative to the mode; all that lies beyond sums to far less than the tails asked for. */
const negligible = 1e-18
