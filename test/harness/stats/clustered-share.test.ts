import { describe, expect, it } from 'vitest'
import { seeded } from '../../../harness/load/random.ts'
import { clusteredShare } from '../../../harness/stats/clustered-share.ts'
import { effectiveSample, fewestEffective } from '../../../harness/stats/effective-sample.ts'
import { longRun } from '../../../harness/stats/long-run.ts'
import { studentPoint } from '../../../harness/stats/student.ts'
import { wilsonInterval } from '../../../harness/stats/wilson.ts'
import { burstsIn, burstyOutcomes, coverage, hiddenBursts } from './streams.ts'

const lengths = [200, 300, 1000, 3000]
const shares = [0.5, 0.9, 0.98]
const correlations = [0.3, 0.6, 0.9]

/** A sample that may well hold no burst at all cannot tell how long they are. */
const enoughBursts = 5
const bursty = lengths
  .flatMap((n) => shares.flatMap((share) => correlations.map((correlation) => ({ n, share, correlation }))))
  .filter(({ n, share, correlation }) => burstsIn(n, share, correlation) > enoughBursts - 1e-9)

describe('95 % interval of a share whose failures come in bursts', () => {
  it('is tried at every share and correlation, with 300 and 1,000 visits', () => {
    for (const share of shares) expect(bursty.some((cell) => cell.share === share)).toBe(true)
    for (const n of [300, 1000])
      expect(bursty.some((cell) => cell.n === n && cell.correlation === 0.9)).toBe(true)
  })

  it.each(bursty)('covers ≥ 93 %: $n visits, share $share, correlation $correlation', (cell) => {
    const { n, share, correlation } = cell
    const random = seeded(JSON.stringify(cell))
    const covered = coverage(
      () => clusteredShare(burstyOutcomes(random, n, share, correlation)).interval,
      share,
    )
    expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it('covers ≥ 92 % where bursts have successes in them, and the neighbour does not tell their length', () => {
    const random = seeded('hidden')
    for (const [good, bad, shareGood] of [
      [0.99, 0.3, 0.87],
      [0.9, 0.1, 0.75],
    ] as const)
      expect(
        coverage(
          () =>
            clusteredShare(hiddenBursts(random, 1000, { good, bad, shareGood, correlation: 0.93 })).interval,
          good * shareGood + bad * (1 - shareGood),
        ),
      ).toBeGreaterThanOrEqual(0.92)
  })

  it("covers 95 ± 1 % of independent outcomes, over a spread of shares, hardly wider than Wilson's", () => {
    const random = seeded('independent')
    const spread = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
    let covered = 0
    let width = 0
    let wilsonWidth = 0
    for (const n of [200, 1000])
      for (const share of spread)
        covered += coverage(() => {
          const found = clusteredShare(burstyOutcomes(random, n, share, 0))
          const [low, high] = wilsonInterval(Math.round(found.share * n), n)
          width += found.interval[1] - found.interval[0]
          wilsonWidth += high - low
          return found.interval
        }, share)
    expect(covered / (2 * spread.length)).toBeGreaterThanOrEqual(0.94)
    expect(covered / (2 * spread.length)).toBeLessThanOrEqual(0.96)
    expect(width / wilsonWidth).toBeLessThanOrEqual(1.15)
  })

  it('is Wilson’s where nothing clusters, [0, 1] where there is nothing', () => {
    expect(clusteredShare(new Uint8Array(80).fill(1)).interval).toEqual(wilsonInterval(80, 80))
    expect(clusteredShare(new Uint8Array(80)).interval).toEqual(wilsonInterval(0, 80))
    expect(clusteredShare([])).toEqual({ n: 0, share: 0, effective: 0, interval: [0, 1] })
  })

  it('is wide, not falsely narrow, where one long stretch is all there is', () => {
    const oneStretch = [...new Uint8Array(30), ...new Uint8Array(50).fill(1)]
    const { interval, effective } = clusteredShare(oneStretch)
    expect(effective).toBe(fewestEffective)
    expect(interval[1] - interval[0]).toBeGreaterThan(0.5)
  })

  it('is the same turned round', () => {
    const outcomes = burstyOutcomes(seeded('turned'), 500, 0.8, 0.5)
    const [low, high] = clusteredShare(outcomes).interval
    const [turnedLow, turnedHigh] = clusteredShare(outcomes.map((ok) => 1 - ok)).interval
    expect(turnedLow).toBeCloseTo(1 - high, 12)
    expect(turnedHigh).toBeCloseTo(1 - low, 12)
  })
})

describe('effective sample size', () => {
  it('is n where all are equal, alternate, or are too few to tell', () => {
    expect(effectiveSample(new Uint8Array(1000))).toBe(1000)
    expect(effectiveSample(new Uint8Array(1000).fill(1))).toBe(1000)
    expect(effectiveSample(Uint8Array.from({ length: 1000 }, (_, i) => i % 2))).toBe(1000)
    expect(effectiveSample([1, 1, 1, 0, 0, 0, 0])).toBe(7)
    expect(effectiveSample([])).toBe(0)
  })

  it.each([
    [0.3, 1e6 / (1.3 / 0.7)],
    [0.6, 1e6 / 4],
    [0.9, 1e6 / 19],
  ])('at correlation %d comes to what theory says of a long stream', (correlation, known) => {
    const effective = effectiveSample(burstyOutcomes(seeded('long'), 1e6, 0.9, correlation))
    expect(effective / known).toBeGreaterThan(0.93)
    expect(effective / known).toBeLessThan(1.07)
  })

  it('sees bursts behind servers that take turns: neighbours differ, the second next is alike', () => {
    const random = seeded('turns')
    const one = burstyOutcomes(random, 1000, 0.5, 0.98)
    // Every other visit meets a server that is always well.
    const taken = Uint8Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? one[i / 2]! : 1))
    expect(effectiveSample(taken)).toBeLessThan(300)
  })
})

describe('long-run variance', () => {
  it('does not change with scale or origin', () => {
    const series = burstyOutcomes(seeded('scale'), 400, 0.7, 0.6)
    const moved = Float64Array.from(series, (value) => 1000 - 7 * value)
    expect(longRun(moved).designEffect).toBeCloseTo(longRun(series).designEffect, 9)
  })
})

describe("Student's t", () => {
  // Published two-sided points: [degrees, 95 %, 99 %].
  it.each([
    [4, 2.776, 4.604],
    [5, 2.571, 4.032],
    [10, 2.228, 3.169],
    [30, 2.042, 2.75],
    [120, 1.98, 2.617],
  ])('with %d degrees of freedom is as published', (degrees, at95, at99) => {
    expect(studentPoint(1.959964, degrees) / at95).toBeCloseTo(1, 2)
    expect(studentPoint(2.575829, degrees) / at99).toBeCloseTo(1, 2)
  })

  it('is the normal point where the variance is known', () => {
    expect(studentPoint(1.96, Number.POSITIVE_INFINITY)).toBe(1.96)
  })
})
