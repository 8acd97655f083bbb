import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  samplesToDecideShare,
  smallestDetectableShare,
  wilsonInterval,
} from '../../../harness/stats/wilson.ts'

/** [successes, n, low, high]: from Newcombe (1998), Statistics in Medicine 17:857–872, table I, method 3. */
const published = [
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
] as const

const sample = fc
  .integer({ min: 1, max: 100_000 })
  .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
const inner = fc.double({ min: 0.001, max: 0.999, noNaN: true })

describe('Wilson interval', () => {
  it.each(published)('%i of %i is as published', (successes, n, low, high) => {
    const [from, to] = wilsonInterval(successes, n)
    expect(from).toBeCloseTo(low, 4)
    expect(to).toBeCloseTo(high, 4)
  })

  it('knows nothing of an empty sample, and refuses what is no sample', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
    expect(() => wilsonInterval(3, 2)).toThrow(RangeError)
    expect(() => wilsonInterval(-1, 2)).toThrow(RangeError)
    expect(() => wilsonInterval(Number.NaN, 2)).toThrow(RangeError)
  })

  it('lies within 0 and 1, contains the share, and is never a point', () => {
    fc.assert(
      fc.property(sample, ([k, n]) => {
        const [low, high] = wilsonInterval(k, n)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(k / n)
        expect(high).toBeGreaterThanOrEqual(k / n)
        expect(high).toBeGreaterThan(low)
      }),
    )
  })

  it('mirrors: failures have the interval of successes turned round', () => {
    fc.assert(
      fc.property(sample, ([k, n]) => {
        const [low, high] = wilsonInterval(k, n)
        const [mirroredLow, mirroredHigh] = wilsonInterval(n - k, n)
        expect(mirroredLow).toBeCloseTo(1 - high, 12)
        expect(mirroredHigh).toBeCloseTo(1 - low, 12)
      }),
    )
  })

  it('moves up with every success and closes in with every repetition of the sample', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: 2, max: 50 }), ([k, n], times) => {
        const [low, high] = wilsonInterval(k, n)
        if (k < n) {
          const [nextLow, nextHigh] = wilsonInterval(k + 1, n)
          expect(nextLow).toBeGreaterThan(low)
          expect(nextHigh).toBeGreaterThan(high)
        }
        const [repeatedLow, repeatedHigh] = wilsonInterval(k * times, n * times)
        expect(repeatedHigh - repeatedLow).toBeLessThan(high - low)
      }),
    )
  })
})

describe('samples to decide', () => {
  it('is the sample at which the interval leaves the threshold out, and not one sooner', () => {
    fc.assert(
      fc.property(inner, inner, (share, threshold) => {
        fc.pre(Math.abs(share - threshold) > 1e-3)
        const n = samplesToDecideShare(share, threshold)!
        const leavesOut = (size: number): boolean => {
          const [low, high] = wilsonInterval(share * size, size)
          return low > threshold - 1e-12 || high < threshold + 1e-12
        }
        expect(leavesOut(n)).toBe(true)
        if (n > 1) expect(leavesOut(n * (1 - 1e-6) - 1)).toBe(false)
      }),
    )
  })

  it('has none where no sample can tell', () => {
    expect(samplesToDecideShare(0.95, 0.95)).toBeNull()
    expect(samplesToDecideShare(0.5, 1)).toBeNull()
    expect(samplesToDecideShare(0.5, 0)).toBeNull()
    expect(samplesToDecideShare(0.95 + Number.EPSILON, 0.95)).toBeNull()
  })

  it('is 73 for a flawless sample against 95 %', () => {
    expect(samplesToDecideShare(1, 0.95)).toBe(73)
    expect(wilsonInterval(73, 73)[0]).toBeGreaterThanOrEqual(0.95)
    expect(wilsonInterval(72, 72)[0]).toBeLessThan(0.95)
  })
})

describe('smallest detectable distance', () => {
  it('is where the interval just touches the threshold', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), inner, (n, threshold) => {
        const distance = smallestDetectableShare(n, threshold)!
        const above = threshold + distance
        const below = threshold - distance
        if (above < 1) expect(wilsonInterval(above * n, n)[0]).toBeCloseTo(threshold, 9)
        if (below > 0) expect(wilsonInterval(below * n, n)[1]).toBeCloseTo(threshold, 9)
      }),
    )
  })

  it('is unknown for an empty sample', () => {
    expect(smallestDetectableShare(0, 0.9)).toBeNull()
  })
})
