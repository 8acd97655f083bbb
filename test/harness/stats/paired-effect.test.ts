import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../../harness/load/random.ts'
import { z99 } from '../../../harness/stats/confidence.ts'
import { pairedEffect } from '../../../harness/stats/paired-effect.ts'
import { tangoInterval } from '../../../harness/stats/tango.ts'
import { burstyOutcomes, coverage, replications } from './streams.ts'

const stretch = (...runs: readonly (readonly [outcome: number, length: number])[]): number[] =>
  runs.flatMap(([outcome, length]) => Array<number>(length).fill(outcome))

describe('effect between two arms over the same visits', () => {
  it('counts who was saved, lost, served either way and not at all', () => {
    expect(pairedEffect([1, 1, 1, 0, 0], [0, 1, 0, 1, 0])).toMatchObject({
      n: 5,
      saved: 2,
      lost: 1,
      either: 1,
      neither: 1,
      difference: 1,
    })
  })

  it('tells a long stretch of saved visits from none', () => {
    const treated = stretch([1, 128])
    const untreated = stretch([1, 12], [0, 105], [1, 11])
    const effect = pairedEffect(treated, untreated)
    expect(effect).toMatchObject({ n: 128, saved: 105, lost: 0, either: 23, neither: 0, differs: true })
    expect(effect.interval[0]).toBeGreaterThan(30)
    expect(effect.interval[1]).toBeLessThan(128)
  })

  it('says how many might have been lost where none was', () => {
    // Wilson's upper end of 0 of 128.
    expect(pairedEffect(stretch([1, 128]), stretch([1, 128])).lostAtMost).toBeCloseTo(128 * 0.02914, 2)
    const none = pairedEffect([], [])
    expect(none).toMatchObject({ n: 0, difference: 0, differs: false, lostAtMost: 0 })
    expect(none.interval.map(Math.abs)).toEqual([0, 0])
  })

  it('refuses visits that are not matched', () => {
    expect(() => pairedEffect([1, 0], [1])).toThrow(RangeError)
  })

  it('turns round with the arms, and stays within what is possible', () => {
    const outcomes = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)), { maxLength: 200 })
    fc.assert(
      fc.property(outcomes, (pairs) => {
        const first = pairs.map(([one]) => one)
        const second = pairs.map(([, other]) => other)
        const there = pairedEffect(first, second)
        const back = pairedEffect(second, first)
        expect(back.difference).toBe(0 - there.difference)
        expect(back.differs).toBe(there.differs)
        expect(back.interval[0]).toBeCloseTo(-there.interval[1], 6)
        expect(there.interval[0]).toBeGreaterThanOrEqual(-there.n)
        expect(there.interval[1]).toBeLessThanOrEqual(there.n)
        expect(there.interval[0]).toBeLessThanOrEqual(there.difference + 1e-6)
        expect(there.interval[1]).toBeGreaterThanOrEqual(there.difference - 1e-6)
        expect(there.lostAtMost).toBeGreaterThanOrEqual(there.lost - 1e-9)
      }),
    )
  })
})

describe('two arms by chance', () => {
  const cells = [128, 300, 1000].flatMap((n) =>
    [0.5, 0.9, 0.98].flatMap((share) => [0, 0.6, 0.9].map((correlation) => ({ n, share, correlation }))),
  )

  it('are told apart once in a hundred at most, whatever the bursts', { timeout: 60_000 }, () => {
    let toldApart = 0
    for (const { n, share, correlation } of cells) {
      const random = seeded(`alike ${n} ${share} ${correlation}`)
      let here = 0
      for (let i = 0; i < replications; i++) {
        const first = burstyOutcomes(random, n, share, correlation)
        if (pairedEffect(first, burstyOutcomes(random, n, share, correlation)).differs) here++
      }
      toldApart += here
      // Of one cell alone: 1 % and three standard errors.
      expect(here / replications).toBeLessThanOrEqual(0.01 + 3 * Math.sqrt((0.01 * 0.99) / replications))
    }
    expect(toldApart / replications / cells.length).toBeLessThanOrEqual(0.01)
  })

  it.each([
    { n: 300, shares: [0.9, 0.9], correlation: 0.6 },
    { n: 300, shares: [0.95, 0.6], correlation: 0.6 },
    { n: 300, shares: [0.95, 0.6], correlation: 0.9 },
    { n: 1000, shares: [0.5, 0.5], correlation: 0.9 },
    { n: 1000, shares: [0.95, 0.6], correlation: 0.9 },
  ] as const)('95 % interval covers ≥ 93 %: $n visits, $shares, correlation $correlation', (cell) => {
    const { n, shares, correlation } = cell
    const random = seeded(JSON.stringify(cell))
    const covered = coverage(
      () =>
        pairedEffect(
          burstyOutcomes(random, n, shares[0], correlation),
          burstyOutcomes(random, n, shares[1], correlation),
        ).interval,
      n * (shares[0] - shares[1]),
    )
    expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it("of independent visits has Tango's interval, little wider, and covers 95 ± 1.5 %", () => {
    const random = seeded('independent pairs')
    let width = 0
    let tango = 0
    const covered = coverage(() => {
      const effect = pairedEffect(burstyOutcomes(random, 300, 0.9, 0), burstyOutcomes(random, 300, 0.7, 0))
      const [low, high] = tangoInterval(effect.saved, effect.lost, 300)
      width += effect.interval[1] - effect.interval[0]
      tango += (high - low) * 300
      return effect.interval
    }, 300 * 0.2)
    expect(covered).toBeGreaterThanOrEqual(0.935)
    expect(covered).toBeLessThanOrEqual(0.965)
    expect(width / tango).toBeLessThanOrEqual(1.15)
  })
})

describe('acts', () => {
  const acts = [
    { n: 300, shares: [0.95, 0.3] },
    { n: 400, shares: [0.95, 0.9] },
  ] as const

  it('are looked at by themselves: what changes by plan widens nothing', () => {
    const treated = stretch([1, 111], [1, 111])
    const untreated = stretch([0, 111], [1, 111])
    const whole = pairedEffect(treated, untreated)
    const cut = pairedEffect(treated, untreated, [111])
    expect(cut).toMatchObject({ n: 222, saved: 111, lost: 0, either: 111, neither: 0, difference: 111 })
    expect([cut.differs, whole.differs]).toEqual([true, false])
    expect(whole.interval[1] - whole.interval[0]).toBeGreaterThan(100)
    expect(cut.interval[0]).toBeGreaterThan(100)
    expect(cut.interval[1]).toBeLessThan(122)
  })

  it.each([0, 0.6, 0.9])('95 % interval covers ≥ 93 %, correlation %d', (correlation) => {
    const random = seeded(`acts ${correlation}`)
    const drawn = (arm: 0 | 1): number[] =>
      acts.flatMap(({ n, shares }) => [...burstyOutcomes(random, n, shares[arm], correlation)])
    const covered = coverage(
      () => pairedEffect(drawn(0), drawn(1), [300]).interval,
      300 * (0.95 - 0.3) + 400 * (0.95 - 0.9),
    )
    expect(covered).toBeGreaterThanOrEqual(0.93)
  })

  it('two arms by chance are told apart once in a hundred at most, bursts across the cut included', {
    timeout: 60_000,
  }, () => {
    let toldApart = 0
    const cells = [0.5, 0.9, 0.98].flatMap((share) =>
      [0, 0.6, 0.9].map((correlation) => ({ share, correlation })),
    )
    for (const { share, correlation } of cells) {
      const random = seeded(`alike in acts ${share} ${correlation}`)
      for (let i = 0; i < replications; i++) {
        const first = burstyOutcomes(random, 300, share, correlation)
        if (pairedEffect(first, burstyOutcomes(random, 300, share, correlation), [120]).differs) toldApart++
      }
    }
    expect(toldApart / replications / cells.length).toBeLessThanOrEqual(0.01)
  })

  it('of one act, or of an empty one beside it, are as none', () => {
    const [first, second] = [stretch([1, 40], [0, 10]), stretch([0, 20], [1, 30])]
    const whole = pairedEffect(first, second)
    for (const cuts of [[], [0], [50]]) {
      const { interval, ...rest } = pairedEffect(first, second, cuts)
      expect(rest).toEqual({ ...whole, interval: undefined, ...rest })
      expect(interval[0]).toBeCloseTo(whole.interval[0], 6)
      expect(interval[1]).toBeCloseTo(whole.interval[1], 6)
    }
  })

  it('refuses cuts that are not in order, or lie outside', () => {
    for (const cuts of [[3, 2], [-1], [5]])
      expect(() => pairedEffect([1, 0, 1, 0], [1, 1, 0, 0], cuts)).toThrow(RangeError)
  })
})

describe("Tango's interval", () => {
  it('is as published', () => {
    // M. W. Fagerland, S. Lydersen and P. Laake, Statistics in Medicine 33 (2014) 2850–2875: 1 and 7 of 21.
    const [low, high] = tangoInterval(1, 7, 21)
    expect(low).toBeCloseTo(-0.517, 3)
    expect(high).toBeCloseTo(-0.026, 3)
  })

  it('agrees with McNemar’s test on 0: outside where |b − c| / √(b + c) exceeds z', () => {
    const pairs = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }))
    fc.assert(
      fc.property(pairs, ([gained, lost]) => {
        fc.pre(gained + lost > 0)
        const statistic = Math.abs(gained - lost) / Math.sqrt(gained + lost)
        fc.pre(Math.abs(statistic - z99) > 1e-6)
        const [low, high] = tangoInterval(gained, lost, 100, z99)
        expect(low > 0 || high < 0).toBe(statistic > z99)
      }),
    )
  })

  it('is Wilson-wide where no pair differs, [-1, 1] of none, and refuses what does not fit', () => {
    const [low, high] = tangoInterval(0, 0, 128)
    expect(high).toBeCloseTo(0.02914, 4)
    expect(low).toBeCloseTo(-0.02914, 4)
    expect(tangoInterval(0, 0, 0)).toEqual([-1, 1])
    expect(() => tangoInterval(3, 2, 4)).toThrow(RangeError)
    expect(() => tangoInterval(-1, 2, 4)).toThrow(RangeError)
  })
})
