import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateOf } from '../../../harness/reporters/console/estimate.ts'

const queue = ['a', 'b', 'c', 'd'].map((arm) => ({ arm, plannedMs: 10_000 }))

describe('what is left of a run', () => {
  it('is by the plan, while nothing has passed: rounds of as many as run side by side', () => {
    const one = estimateOf(queue.slice(0, 1), 1).leftMs(0)
    expect(one).toBeGreaterThan(10_000)
    expect(estimateOf(queue, 1).leftMs(0)).toBe(4 * one)
    expect(estimateOf(queue, 2).leftMs(0)).toBe(2 * one)
    expect(estimateOf(queue, 3).leftMs(0)).toBe(2 * one)
    expect(estimateOf(queue, 8).leftMs(0)).toBe(one)
    expect(estimateOf([], 2).leftMs(0)).toBe(0)
  })

  it('is corrected by what coming up and going down took', () => {
    const estimate = estimateOf(queue, 1)
    estimate.began('a', 10_000, 0)
    estimate.loaded('a', 20_000)
    estimate.ended('a', 37_000)
    // Up in 20 s, 10 s of load, down in 7 s.
    expect(estimate.leftMs(37_000)).toBe(3 * 37_000)
    estimate.began('b', 10_000, 37_000)
    expect(estimate.leftMs(38_000)).toBe(3 * 37_000 - 1000)
    estimate.loaded('b', 67_000)
    // It took 30 s to come up, so the mean is 25 s now.
    expect(estimate.leftMs(68_000)).toBe(9000 + 7000 + 2 * (25_000 + 10_000 + 7000))
  })

  it('of arms with other lengths goes to whoever is free first', () => {
    const estimate = estimateOf(
      [
        { arm: 'long', plannedMs: 100_000 },
        { arm: 'short', plannedMs: 10_000 },
        { arm: 'next', plannedMs: 10_000 },
      ],
      2,
    )
    const beside = estimateOf(queue.slice(0, 1), 1).leftMs(0) - 10_000
    expect(estimate.leftMs(0)).toBe(100_000 + beside)
  })

  it('counts an arm that is run once more', () => {
    const estimate = estimateOf(queue.slice(0, 1), 1)
    estimate.began('a', 10_000, 0)
    estimate.loaded('a', 1000)
    estimate.ended('a', 12_000)
    expect(estimate.arms()).toBe(0)
    estimate.began('a', 10_000, 12_000)
    expect(estimate.arms()).toBe(1)
    expect(estimate.leftMs(12_000)).toBe(12_000)
  })

  it('of an arm that takes longer than planned is never negative', () => {
    const estimate = estimateOf(queue.slice(0, 1), 1)
    estimate.began('a', 10_000, 0)
    estimate.loaded('a', 1000)
    expect(estimate.leftMs(500_000)).toBe(0)
  })

  it('never grows while nothing happens but time', () => {
    const arms = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 6 })
    const at = fc.integer({ min: 5000, max: 300_000 })
    fc.assert(
      fc.property(arms, fc.integer({ min: 1, max: 4 }), at, at, (lengths, parallel, one, other) => {
        const queue = lengths.map((plannedMs, i) => ({ arm: String(i), plannedMs }))
        const estimate = estimateOf(queue, parallel)
        estimate.began('0', lengths[0]!, 0)
        estimate.loaded('0', 5000)
        expect(estimate.leftMs(Math.max(one, other))).toBeLessThanOrEqual(
          estimate.leftMs(Math.min(one, other)),
        )
      }),
    )
  })
})
