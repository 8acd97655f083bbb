import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { smallestSample } from '../../../harness/stats/samples.ts'

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
