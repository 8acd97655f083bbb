import { expect, test } from 'vitest'
import { createRandom } from '../../../services/common/random.ts'

const draws = (seed: string) => {
  const random = createRandom(seed)
  return Array.from({ length: 1_000 }, () => random())
}

test('the same seed draws the same, another seed draws otherwise', () => {
  expect(draws('17 November')).toEqual(draws('17 November'))
  expect(draws('17 November')).not.toEqual(draws('22 November'))
})

test('draws are uniform in [0, 1)', () => {
  const sorted = draws('uniform').sort((a, b) => a - b)
  expect(sorted[0]).toBeGreaterThanOrEqual(0)
  expect(sorted.at(-1)).toBeLessThan(1)
  for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) expect(sorted[share * 1_000]).toBeCloseTo(share, 1)
})
