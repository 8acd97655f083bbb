import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failuresTolerated, smallestSample } from '../../../harness/stats/samples.ts'
import { wilsonInterval } from '../../../harness/stats/wilson.ts'

describe('smallest sample', () => {
  it('is the first beyond the present one that decides', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (from, first) => {
          expect(smallestSample(from, (n) => n >= first)).toBe(Math.max(first, from + 1))
        },
      ),
    )
  })

  it('is none where nothing ever decides', () => {
    expect(smallestSample(10, () => false)).toBeNull()
  })
})

describe('failures that a planned sample tolerates', () => {
  it.each([
    [72, 0.95, null],
    [73, 0.95, 0],
    [103, 0.95, 0],
    [110, 0.95, 1],
    [0, 0.5, null],
    [4, 0.5, 0],
    [1000, 0.95, 36],
  ])('%i visits at ≥ %d: %s', (n, threshold, tolerated) => {
    expect(failuresTolerated(n, threshold)).toBe(tolerated)
  })

  it('is the last number with which the interval clears the threshold', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.05, max: 0.999, noNaN: true }),
        (n, threshold) => {
          const tolerated = failuresTolerated(n, threshold)
          if (tolerated === null) expect(wilsonInterval(n, n)[0]).toBeLessThan(threshold)
          else {
            expect(wilsonInterval(n - tolerated, n)[0]).toBeGreaterThanOrEqual(threshold)
            expect(wilsonInterval(n - tolerated - 1, n)[0]).toBeLessThan(threshold)
          }
        },
      ),
    )
  })

  it('refuses what is no count and no threshold', () => {
    expect(() => failuresTolerated(-1, 0.9)).toThrow(RangeError)
    expect(() => failuresTolerated(10, 1)).toThrow(RangeError)
  })
})
