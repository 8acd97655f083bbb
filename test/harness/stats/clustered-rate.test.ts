import { describe, expect, it } from 'vitest'
import { seeded } from '../../../harness/load/random.ts'
import { clusteredRate } from '../../../harness/stats/clustered-rate.ts'
import { poissonInterval } from '../../../harness/stats/poisson.ts'
import { coverage } from './streams.ts'

/** A Poisson stream that is on and off by turns, each for a random time (s); it begins in its steady state. */
function stream(
  random: () => number,
  { perSecond, seconds, on, off }: { perSecond: number; seconds: number; on: number; off: number },
): number[] {
  const wait = (mean: number): number => -Math.log(1 - random()) * mean
  const atMs: number[] = []
  let isOn = random() < on / (on + off)
  let turn = wait(isOn ? on : off)
  for (let at = wait(1 / perSecond); at < seconds; at += wait(1 / perSecond)) {
    while (at > turn) {
      isOn = !isOn
      turn += wait(isOn ? on : off)
    }
    if (isOn) atMs.push(at * 1000)
  }
  return atMs
}

// Each stream has twenty gaps or more: fewer are too few to tell how long they are.
describe('95 % interval of a rate whose events come in bursts', () => {
  it.each([
    { perSecond: 20, seconds: 50, on: 1, off: 1 },
    { perSecond: 20, seconds: 50, on: 2, off: 0.3 },
    { perSecond: 20, seconds: 100, on: 4, off: 0.5 },
    { perSecond: 100, seconds: 200, on: 8, off: 1 },
    { perSecond: 100, seconds: 100, on: 2, off: 0.3 },
    { perSecond: 100, seconds: 3, on: 0.05, off: 0.05 },
  ])('covers ≥ 93 %: $perSecond/s for $seconds s, on for $on s and off for $off s', (cell) => {
    const random = seeded(JSON.stringify(cell))
    const covered = coverage(
      () => clusteredRate(stream(random, cell), 0, cell.seconds * 1000).interval,
      (cell.perSecond * cell.on) / (cell.on + cell.off),
    )
    expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it("covers 95 % of a Poisson stream, hardly wider than Garwood's, which is wide itself", () => {
    const random = seeded('poisson')
    let width = 0
    let garwood = 0
    for (const seconds of [10, 50]) {
      const covered = coverage(() => {
        const found = clusteredRate(
          stream(random, { perSecond: 20, seconds, on: 1e9, off: 1e-9 }),
          0,
          seconds * 1000,
        )
        const [low, high] = poissonInterval(found.count)
        width += (found.interval[1] - found.interval[0]) * seconds
        garwood += high - low
        return found.interval
      }, 20)
      expect(covered).toBeGreaterThanOrEqual(0.94)
      expect(covered).toBeLessThanOrEqual(0.98)
    }
    expect(width / garwood).toBeLessThanOrEqual(1.15)
  })

  it("is Garwood's for regular events, for few of them and for none", () => {
    const regular = Float64Array.from({ length: 80 }, (_, i) => i * 50)
    for (const atMs of [regular, regular.subarray(0, 10), regular.subarray(0, 0)]) {
      const [low, high] = poissonInterval(atMs.length)
      const found = clusteredRate(atMs, 0, 4000)
      expect(found).toMatchObject({ count: atMs.length, effective: atMs.length })
      expect(found.interval).toEqual([low / 4, high / 4])
    }
  })

  it('counts what is in the span, its start included and its end not', () => {
    expect(clusteredRate([-1, 0, 500, 999, 1000], 0, 1000)).toMatchObject({ count: 3, perSecond: 3 })
    expect(() => clusteredRate([], 5, 5)).toThrow(RangeError)
    expect(() => clusteredRate([], 0, Number.POSITIVE_INFINITY)).toThrow(RangeError)
  })
})
