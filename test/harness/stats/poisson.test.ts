import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { poissonInterval } from '../../../harness/stats/poisson.ts'

/** [count, low, high]: the exact limits of Garwood (1936), as in Ulm (1990), Am J Epidemiol 131:373–375. */
const published = [
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [10, 4.7954, 18.3904],
  [20, 12.2165, 30.8884],
  [100, 81.3639, 121.6272],
] as const

/** P(X ≤ k) by plain summation in logarithms, as a second opinion. */
function atMost(k: number, mean: number): number {
  let sum = 0
  let logFactorial = 0
  for (let i = 0; i <= k; i++) {
    if (i > 0) logFactorial += Math.log(i)
    sum += Math.exp(i * Math.log(mean) - mean - logFactorial)
  }
  return sum
}

describe('Poisson interval', () => {
  it.each(published)('of %i is as published', (count, low, high) => {
    const interval = poissonInterval(count)
    expect(interval[0]).toBeCloseTo(low, 3)
    expect(interval[1]).toBeCloseTo(high, 3)
  })

  it('leaves 2.5 % on either side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (count) => {
        const [low, high] = poissonInterval(count)
        expect(1 - atMost(count - 1, low)).toBeCloseTo(0.025, 6)
        expect(atMost(count, high)).toBeCloseTo(0.025, 6)
      }),
      { numRuns: 40 },
    )
  })

  it('moves up with every event', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (count) => {
        const [low, high] = poissonInterval(count)
        const [nextLow, nextHigh] = poissonInterval(count + 1)
        expect(low).toBeLessThanOrEqual(count)
        expect(high).toBeGreaterThan(count)
        expect(nextLow).toBeGreaterThan(low)
        expect(nextHigh).toBeGreaterThan(high)
      }),
      { numRuns: 40 },
    )
  })

  it('approaches the normal one for a million', () => {
    const [low, high] = poissonInterval(1_000_000)
    expect(low).toBeGreaterThan(998_039)
    expect(low).toBeLessThan(998_044)
    expect(high).toBeGreaterThan(1_001_959)
    expect(high).toBeLessThan(1_001_965)
  })

  it('refuses what is no count', () => {
    for (const count of [-1, 0.5, Number.NaN]) expect(() => poissonInterval(count)).toThrow(RangeError)
  })
})
