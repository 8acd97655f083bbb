import { z95 } from './confidence.ts'
import { studentPoint } from './student.ts'

/** How much more the mean of a series varies than that of independent values would. */
export interface LongRun {
  /** Long-run variance over plain variance, 1 or more: 19 means that 19 values tell as much as one independent value. */
  readonly designEffect: number
  /** How well that is known, as the degrees of freedom of a variance; `Infinity` where nothing had to be estimated. */
  readonly degrees: number
}

/** No correlation was found, or none can be: the values are taken as independent. */
const independent: LongRun = { designEffect: 1, degrees: Number.POSITIVE_INFINITY }

/** In a shorter series no correlation can be told from chance. */
const shortest = 8

/**
 * The design effect (integrated autocorrelation time) of a series in order of time.
 *
 * First as if what comes next depends on the present value only (a Markov chain, an AR(1) process): (1 + ρ) / (1 − ρ),
 * ρ being the correlation of neighbours. Then that model is tested: the means of 6, 12, 24 and 48 batches must not vary
 * more than it says (χ², 2.5 %). Where they do, correlation reaches further than to the neighbour, and the largest
 * variance that a batch size shows is taken. A series whose values are all equal shows no bursts: 1.
 *
 * Sources: M. S. Bartlett, JRSS Supplement 8 (1946) 27–41 (variance with autocorrelation); F. H. C. Marriott and
 * J. A. Pope, Biometrika 41 (1954) 390–402 (bias of ρ); T. W. Anderson and L. A. Goodman, Annals of Mathematical
 * Statistics 28 (1957) 89–110 (how well a chain's transitions are known); B. Schmeiser, Operations Research 30 (1982)
 * 556–568 (batch means with few batches and Student's t).
 *
 * @param series in order of time
 * @param rare share of the values that are not the common one, for series of few distinct values; 0.5 for any other
 */
export function longRun(series: ArrayLike<number>, rare = 0.5): LongRun {
  const n = series.length
  if (n < shortest) return independent
  const { mean, variance, neighbours } = momentsOf(series)
  if (variance === 0) return independent
  const model = asChain(n, neighbours / variance, Math.min(Math.max(rare, 1 / n), 1 - 1 / n))

  let worst = model
  for (const { batches, effect } of batchEffects(series, mean, variance)) {
    if (effect <= model.designEffect * chanceOf[batches]!) continue
    const seen = { designEffect: effect, degrees: batches - 1 }
    if (widening(seen) > widening(worst)) worst = seen
  }
  return worst
}

/** By what an interval's squared width grows: the design effect, and Student's t for knowing it badly. */
function widening({ designEffect, degrees }: LongRun): number {
  return designEffect * studentPoint(z95, degrees) ** 2
}

/** The design effect of a two-state chain with this correlation of neighbours. */
function asChain(n: number, correlation: number, rare: number): LongRun {
  // The estimate is too low by (1 + 3ρ) / n on average; and a chain of n cannot show more than one switch less.
  const rho = Math.min((n * correlation + 1) / (n - 3), 1 - 1 / n)
  if (rho <= 0) return independent
  const common = 1 - rare
  const spread =
    ((1 - rho) / n) * (common / rare + rare / common - (1 - rho) * (common ** 2 / rare + rare ** 2 / common))
  const effect = (1 + rho) / (1 - rho)
  return {
    // The variance about a mean that is itself estimated is too low by a share of effect / n.
    designEffect: effect / Math.max(1 - effect / n, 0.2),
    // The logarithm of the effect changes by 2 / (1 − ρ²) per ρ; a variance with ν degrees of freedom has 2 / ν.
    degrees: (1 - rho ** 2) ** 2 / (2 * spread),
  }
}

function momentsOf(series: ArrayLike<number>): { mean: number; variance: number; neighbours: number } {
  const n = series.length
  let sum = 0
  for (let i = 0; i < n; i++) sum += series[i]!
  const mean = sum / n
  let squares = 0
  let products = 0
  let before = 0
  for (let i = 0; i < n; i++) {
    const off = series[i]! - mean
    squares += off * off
    products += off * before
    before = off
  }
  return { mean, variance: squares / n, neighbours: products / n }
}

/** Numbers of batches that are compared; each is half of the next, so that batches merge in pairs. */
const batchCounts = [48, 24, 12, 6] as const

/** A batch of fewer values says nothing. */
const smallestBatch = 4

/** χ² with batches − 1 degrees of freedom, over these: what chance exceeds in one of forty. */
const chanceOf: Readonly<Record<number, number>> = {
  48: 67.821 / 47,
  24: 38.076 / 23,
  12: 21.92 / 11,
  6: 12.833 / 5,
}

/** For each number of batches the series is long enough for, the design effect that their means show. */
function batchEffects(
  series: ArrayLike<number>,
  mean: number,
  variance: number,
): { batches: number; effect: number }[] {
  const most = batchCounts.find((count) => series.length >= count * smallestBatch)
  if (most === undefined) return []
  let size = Math.floor(series.length / most)
  let sums = new Float64Array(most)
  for (let batch = 0, i = 0; batch < most; batch++) {
    let sum = 0
    for (const end = i + size; i < end; i++) sum += series[i]! - mean
    sums[batch] = sum
  }
  const found: { batches: number; effect: number }[] = []
  for (;;) {
    const middle = sums.reduce((a, b) => a + b, 0) / sums.length
    const squares = sums.reduce((total, sum) => total + (sum - middle) ** 2, 0)
    found.push({ batches: sums.length, effect: squares / (sums.length - 1) / size / variance })
    if (sums.length === batchCounts.at(-1)) return found
    const halves = sums
    sums = Float64Array.from({ length: halves.length / 2 }, (_, i) => halves[2 * i]! + halves[2 * i + 1]!)
    size *= 2
  }
}
