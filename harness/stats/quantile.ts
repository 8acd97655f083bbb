import { type Interval, tail95 } from './confidence.ts'

/** Ranks (1-based) of the order statistics that bound a quantile; `null` where the sample is too small to bound it. */
interface QuantileRanks {
  readonly low: number | null
  readonly high: number | null
}

/**
 * Which order statistics of a sample of `n` bound its `q` quantile with 95 % confidence, whatever the distribution:
 * the number of values at or below the quantile is binomial(n, q), so the l-th smallest is above it with probability
 * P(B < l) and the u-th smallest is below it with probability P(B ≥ u); each is kept to 2.5 %. For the 0.95 quantile an
 * upper bound needs 72 values.
 *
 * Source: W. J. Conover, "Practical Nonparametric Statistics", 3rd ed. (1999) §3.2; H. A. David and H. N. Nagaraja,
 * "Order Statistics", 3rd ed. (2003) §7.1.
 *
 * @throws RangeError unless 0 < q < 1
 */
export function quantileRanks(n: number, q: number): QuantileRanks {
  if (!(q > 0 && q < 1)) throw new RangeError(`quantile ${q} is not between 0 and 1`)
  if (n === 0) return { low: null, high: null }
  const { first, weights, total } = binomialWeights(n, q)

  let below = 0
  let low = first
  for (const weight of weights) {
    below += weight
    if (below / total > tail95) break
    low++
  }

  let above = 0
  let high = first + weights.length
  for (let i = weights.length - 1; i >= 0; i--) {
    above += weights[i]!
    if (above / total > tail95) break
    high--
  }
  return { low: low >= 1 ? low : null, high: high <= n ? high : null }
}

/** A quantile of a sample and its 95 % interval; `Infinity` is a value like any other, and an end nothing bounds. */
interface QuantileEstimate {
  readonly estimate: number
  readonly interval: Interval
}

/**
 * The `q` quantile of ascending values, none of them negative, with its distribution-free interval
 * ({@link quantileRanks}). Failures belong into the sample as `Infinity`: a visit that got nothing was not fast.
 *
 * @throws RangeError for an empty sample
 */
export function quantileInterval(ascending: Float64Array, q: number): QuantileEstimate {
  const n = ascending.length
  if (n === 0) throw new RangeError('an empty sample has no quantile')
  const { low, high } = quantileRanks(n, q)
  return {
    estimate: ascending[Math.min(n, Math.max(1, Math.ceil(n * q))) - 1]!,
    interval: [low === null ? 0 : ascending[low - 1]!, high === null ? Infinity : ascending[high - 1]!],
  }
}

/**
 * Binomial probabilities around the mode, up to a factor (`total` is their sum). Starting at the mode and stepping
 * outwards needs no factorials, keeps clear of underflow and costs √n steps.
 */
function binomialWeights(n: number, q: number): { first: number; weights: number[]; total: number } {
  const mode = Math.min(n, Math.floor((n + 1) * q))
  const odds = q / (1 - q)
  const down: number[] = []
  for (let k = mode, weight = 1; k > 0; k--) {
    weight *= k / ((n - k + 1) * odds)
    if (weight < negligible) break
    down.push(weight)
  }
  const up: number[] = []
  for (let k = mode, weight = 1; k < n; k++) {
    weight *= ((n - k) / (k + 1)) * odds
    if (weight < negligible) break
    up.push(weight)
  }
  const weights = [...down.reverse(), 1, ...up]
  return { first: mode - down.length, weights, total: weights.reduce((sum, weight) => sum + weight, 0) }
}

/** Relative to the mode; all that lies beyond sums to far less than the tails asked for. */
const negligible = 1e-18
