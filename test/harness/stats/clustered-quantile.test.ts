import { describe, expect, it } from 'vitest'
import { seeded } from '../../../harness/load/random.ts'
import { clusteredQuantile } from '../../../harness/stats/clustered-quantile.ts'
import { quantileInterval } from '../../../harness/stats/quantile.ts'
import { coverage } from './streams.ts'

/** Latencies in ms, log-normal about 100, that drift: the logarithm is an AR(1) process. */
function latencies(random: () => number, n: number, correlation: number): Float64Array {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let state = normal()
  return Float64Array.from({ length: n }, () => {
    const now = state
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * normal()
    return 100 * Math.exp(now)
  })
}

/** Standard normal quantiles. */
const normalAt = { 0.5: 0, 0.9: 1.2815515655, 0.95: 1.644853627 } as const

describe('95 % interval of a quantile whose slow visits come in bursts', () => {
  it.each([
    { n: 300, q: 0.5, correlation: 0.6 },
    { n: 300, q: 0.9, correlation: 0.6 },
    { n: 300, q: 0.95, correlation: 0.6 },
    { n: 1000, q: 0.5, correlation: 0.9 },
    { n: 1000, q: 0.9, correlation: 0.9 },
    { n: 1000, q: 0.95, correlation: 0.9 },
  ] as const)('covers ≥ 93 %: $n visits, quantile $q, correlation $correlation', (cell) => {
    const random = seeded(JSON.stringify(cell))
    const covered = coverage(
      () => clusteredQuantile(latencies(random, cell.n, cell.correlation), cell.q).interval,
      100 * Math.exp(normalAt[cell.q]),
    )
    expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it('is that of order statistics where visits are independent, a little wider on average', () => {
    const random = seeded('independent')
    let width = 0
    let plain = 0
    const covered = coverage(() => {
      const values = latencies(random, 1000, 0)
      const { interval } = clusteredQuantile(values, 0.9)
      const [low, high] = quantileInterval(values.slice().sort(), 0.9).interval
      width += interval[1] - interval[0]
      plain += high - low
      return interval
    }, 100 * Math.exp(normalAt[0.9]))
    expect(covered).toBeGreaterThanOrEqual(0.94)
    expect(width / plain).toBeLessThanOrEqual(1.15)
  })

  it('is exactly that of order statistics where all are alike, and needs as many', () => {
    for (const n of [71, 72, 80]) {
      const alike = new Float64Array(n).fill(100)
      expect(clusteredQuantile(alike, 0.95)).toEqual({
        ...quantileInterval(alike, 0.95),
        effective: n,
      })
    }
    expect(clusteredQuantile(new Float64Array(71).fill(100), 0.95).interval[1]).toBe(Number.POSITIVE_INFINITY)
  })

  it('is the smaller sample that it is worth: slow visits in one stretch widen it, apart they do not', () => {
    const apart = Float64Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? 2000 : 100 + (i % 7)))
    const together = Float64Array.from({ length: 400 }, (_, i) => (i < 20 ? 2000 : 100 + (i % 7)))
    expect(clusteredQuantile(apart, 0.9).interval[1]).toBeLessThan(110)
    expect(clusteredQuantile(together, 0.9).interval[1]).toBe(2000)
    expect(clusteredQuantile(together, 0.9).effective).toBeLessThan(200)
  })

  it('takes failures as infinitely late, leaves its input alone and refuses an empty sample', () => {
    const values = Float64Array.from([3, Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY, 2])
    expect(clusteredQuantile(values, 0.9).estimate).toBe(Number.POSITIVE_INFINITY)
    expect([...values]).toEqual([3, Number.POSITIVE_INFINITY, 1, Number.POSITIVE_INFINITY, 2])
    expect(() => clusteredQuantile(new Float64Array(0), 0.5)).toThrow(RangeError)
  })
})
