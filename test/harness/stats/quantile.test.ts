import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantileInterval, quantileRanks } from '../../../harness/stats/quantile.ts'

/** P(B < k) of a binomial variable by plain summation in logarithms, as a second opinion. */
function below(k: number, n: number, q: number): number {
  let sum = 0
  let logChoose = 0
  for (let i = 0; i < k; i++) {
    if (i > 0) logChoose += Math.log(n - i + 1) - Math.log(i)
    sum += Math.exp(logChoose + i * Math.log(q) + (n - i) * Math.log1p(-q))
  }
  return sum
}

const quantile = fc.double({ min: 0.01, max: 0.99, noNaN: true })
const latency = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0, max: 60_000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
)

describe('quantile ranks', () => {
  it('are the 40th and 61st of 100 for the median', () => {
    expect(quantileRanks(100, 0.5)).toEqual({ low: 40, high: 61 })
  })

  it('bound the 0.95 quantile from above with 72 values, not with 71', () => {
    // 0.95^72 = 2.49 %, 0.95^71 = 2.62 %.
    expect(quantileRanks(71, 0.95).high).toBeNull()
    expect(quantileRanks(72, 0.95).high).toBe(72)
    expect(quantileRanks(0, 0.95)).toEqual({ low: null, high: null })
  })

  it('cover the quantile 95 times in 100, and are as close as that allows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), quantile, (n, q) => {
        const { low, high } = quantileRanks(n, q)
        const tail = 0.025
        const slack = 1e-9
        if (low !== null) expect(below(low, n, q)).toBeLessThanOrEqual(tail + slack)
        expect(below((low ?? 0) + 1, n, q)).toBeGreaterThan(tail - slack)
        if (high !== null) expect(1 - below(high, n, q)).toBeLessThanOrEqual(tail + slack)
        expect(1 - below((high ?? n + 1) - 1, n, q)).toBeGreaterThan(tail - slack)
      }),
    )
  })

  it('hold out with a million values', () => {
    const { low, high } = quantileRanks(1_000_000, 0.95)
    // Normal approximation: 950,000 ± 1.96 × 217.9.
    expect(low).toBeGreaterThan(949_570)
    expect(low).toBeLessThan(949_576)
    expect(high).toBeGreaterThan(950_424)
    expect(high).toBeLessThan(950_432)
  })

  it('refuse what is no quantile', () => {
    for (const q of [0, 1, -0.1, 1.1, Number.NaN]) expect(() => quantileRanks(10, q)).toThrow(RangeError)
  })
})

describe('quantile interval', () => {
  it('is made of values of the sample, around the estimate, whatever the order they came in', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), quantile, (values, q) => {
        const sorted = Float64Array.from(values).sort()
        const { estimate, interval } = quantileInterval(sorted, q)
        expect(interval[0]).toBeLessThanOrEqual(estimate)
        expect(interval[1]).toBeGreaterThanOrEqual(estimate)
        expect(values).toContain(estimate)
        expect([0, ...values]).toContain(interval[0])
        expect([Number.POSITIVE_INFINITY, ...values]).toContain(interval[1])
      }),
    )
  })

  it('rises with the quantile', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), quantile, quantile, (values, a, b) => {
        const sorted = Float64Array.from(values).sort()
        const lower = quantileInterval(sorted, Math.min(a, b))
        const upper = quantileInterval(sorted, Math.max(a, b))
        expect(lower.estimate).toBeLessThanOrEqual(upper.estimate)
        expect(lower.interval[0]).toBeLessThanOrEqual(upper.interval[0])
        expect(lower.interval[1]).toBeLessThanOrEqual(upper.interval[1])
      }),
    )
  })

  it('is infinite where too many failed', () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i < 80 ? 10 : Number.POSITIVE_INFINITY))
    expect(quantileInterval(values, 0.95)).toEqual({
      estimate: Number.POSITIVE_INFINITY,
      interval: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    })
  })

  it('refuses an empty sample', () => {
    expect(() => quantileInterval(new Float64Array(0), 0.5)).toThrow(RangeError)
  })
})
