import { expect, it } from 'vitest'
import { seeded } from '../../../harness/load/random.ts'
import { meanInterval } from '../../../harness/stats/mean-interval.ts'

it('is Student’s: of 10, 12, 14 the mean is 12 ± 4.303 × 2 ÷ √3', () => {
  const { mean, interval } = meanInterval([10, 12, 14])
  expect(mean).toBe(12)
  expect(interval![0]).toBeCloseTo(12 - (4.303 * 2) / Math.sqrt(3), 9)
  expect(interval![1]).toBeCloseTo(12 + (4.303 * 2) / Math.sqrt(3), 9)
})

it('says of one value that it does not know how others scatter, and of none that there is no mean', () => {
  expect(meanInterval([7])).toEqual({ mean: 7, interval: null })
  expect(() => meanInterval([])).toThrow(RangeError)
})

it.each([2, 3, 4, 5, 8])('covers the mean of %i normal values in 95 of 100 samples', (n) => {
  const random = seeded(`mean of ${n}`)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const samples = 4000
  let covered = 0
  for (let i = 0; i < samples; i++) {
    const { interval } = meanInterval(Array.from({ length: n }, normal))
    if (interval![0] <= 0 && 0 <= interval![1]) covered++
  }
  // Three standard errors of the share: 3 × √(0.95 × 0.05 ÷ 4000) = 1 %.
  expect(Math.abs(covered / samples - 0.95)).toBeLessThan(0.0105)
})
