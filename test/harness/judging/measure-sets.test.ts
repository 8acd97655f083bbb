/** Sets of measures compared: planted effects are found, and equal sets are not told apart more often than promised. */
import { describe, expect, it } from 'vitest'
import { armsOfSets, designProblems, setsOf } from '../../../harness/experiment/measure-sets.ts'
import { judgeMeasureSets } from '../../../harness/judging/measure-sets.ts'
import { seeded } from '../../../harness/load/random.ts'
import { armWith } from '../../../harness/model/arms.ts'
import type { RunResult } from '../../../harness/model/result.ts'

const visits = 300
const plan = (...names: string[]) => ({
  scenario: 'story',
  measures: names.map((name) => ({ name, params: {} })),
})

/** What one set does in one seed. */
interface Planted {
  readonly served: number
  readonly p95Ms?: number
  readonly holds?: boolean
  readonly isVoid?: boolean
}

/** One run a seed, of every set of these measures. */
function runsOf(
  names: readonly string[],
  seeds: number,
  plant: (on: readonly string[], seed: number) => Planted,
) {
  const sets = setsOf(plan(...names), 'full')
  const runs = Array.from({ length: seeds }, (_, seed): RunResult => {
    const none = plant([], seed)
    const arms = sets.map((on) => armOf(armWith(names, on), plant(on, seed)))
    const effects = sets
      .filter((on) => on.length > 0 && plant(on, seed).isVoid !== true && none.isVoid !== true)
      .map((on) => effectOf(armWith(names, on), plant(on, seed).served, none.served))
    const scenario = {
      scenario: 'story',
      arms: [{ arm: 'control', verdict: 'holds', voids: [], checks: [], journeys: {} }, ...arms],
      beside: effects,
    }
    return { seed: `seed-${seed}`, scenarios: [scenario] } as unknown as RunResult
  })
  return judgeMeasureSets(names, { design: 'full', sets, runs })
}

function armOf(arm: string, { p95Ms = 100, holds = true, isVoid = false }: Planted) {
  const check = { role: 'protected', verdict: holds ? 'holds' : 'deviates', check: 'the counter serves' }
  const voids = isVoid ? [{ kind: 'host', said: 'the host was busy', repeatHelps: true }] : []
  return { arm, verdict: 'holds', voids, checks: [check], journeys: { counter: { p95Ms } } }
}

function effectOf(arm: string, served: number, without: number) {
  const [saved, lost] = [Math.max(0, served - without), Math.max(0, without - served)]
  const either = Math.min(served, without)
  return { journey: 'counter', with: arm, without: 'with-none', visits, saved, lost, either }
}

/** About so many, as seeds scatter. */
function scattered(): (mean: number, by?: number) => number {
  const random = seeded('sets of measures')
  return (mean, by = 6) => Math.round(mean + by * (random() + random() + random() - 1.5))
}

describe('sets of measures', () => {
  const about = scattered()
  const result = runsOf(['fallback', 'intake'], 4, (on) => ({
    served: about(100 + (on.includes('fallback') ? 80 : 0) + (on.includes('intake') ? 30 : 0)),
    holds: on.length === 2,
  }))
  const set = (...names: string[]) => result.sets.find(({ measures }) => measures.join() === names.join())!

  it('the largest serves most, the others are dominated by it, and it is the smallest that holds', () => {
    expect(result.sets.map(({ measures }) => measures.length)).toEqual([2, 1, 1, 0])
    expect(set('fallback', 'intake')).toMatchObject({ dominatedBy: null, breaks: [], lost: 0 })
    for (const one of [set('fallback'), set('intake'), set()])
      expect(one).toMatchObject({ dominatedBy: ['fallback', 'intake'], breaks: ['the counter serves'] })
    expect(result).toMatchObject({ smallest: [['fallback', 'intake']], exitCode: 0, goodDay: true })
    expect(result.said).toMatch(/^fallback \+ intake holds everything in every seed/)
  })

  it('each measure adds what was planted, and together they do no more', () => {
    const of = Object.fromEntries(result.mainEffects.map(({ measure, visits: v }) => [measure, v]))
    expect(Math.abs(of.fallback!.mean - 80)).toBeLessThan(8)
    expect(Math.abs(of.intake!.mean - 30)).toBeLessThan(8)
    const [{ visits: together }] = result.interactions as [(typeof result.interactions)[0]]
    expect(together.interval![0]).toBeLessThan(0)
    expect(together.interval![1]).toBeGreaterThan(0)
  })

  it('a planted interaction is found: two that help only together', () => {
    const both = runsOf(['a', 'b', 'c'], 4, (on) => ({
      served: about(100 + (on.includes('a') && on.includes('b') ? 60 : 0)),
    }))
    const found = both.interactions.find(({ measures }) => measures.join() === 'a,b')!
    expect(found.visits.interval![0]).toBeGreaterThan(40)
    const other = both.interactions.find(({ measures }) => measures.join() === 'a,c')!
    expect(other.visits.interval![0]).toBeLessThan(0)
  })

  it('a set that serves as many and more slowly never reaches the front', () => {
    const slow = runsOf(['a', 'b'], 4, (on) => ({
      served: 200,
      p95Ms: on.join() === 'b' ? about(900, 40) : about(200, 40),
    }))
    const slower = slow.sets.find(({ measures }) => measures.join() === 'b')!
    expect(slower.dominatedBy).not.toBeNull()
  })

  it('two equal sets are told apart in at most one of twenty comparisons', () => {
    let apart = 0
    const trials = 600
    for (let i = 0; i < trials; i++) {
      const equal = runsOf(['a'], 3, () => ({ served: about(150), p95Ms: about(300, 30) }))
      if (equal.sets.some(({ dominatedBy }) => dominatedBy !== null)) apart++
    }
    // Three standard errors above 5 %: 3 × √(0.05 × 0.95 ÷ 600) = 2.7 %.
    expect(apart / trials).toBeLessThan(0.05 + 0.027)
  })

  it('a set whose arm is void in a seed is undecided there, and told', () => {
    const gaps = runsOf(['a', 'b'], 3, (on, seed) => ({
      served: 200,
      holds: on.length > 0,
      isVoid: on.join() === 'a' && seed === 1,
    }))
    const half = gaps.sets.find(({ measures }) => measures.join() === 'a')!
    expect(half).toMatchObject({ seeds: ['seed-0', 'seed-2'], voids: { 'seed-1': 'the host was busy' } })
    // b alone holds in every seed, and nothing smaller might.
    expect(gaps).toMatchObject({ smallest: [['b']], exitCode: 0 })
  })

  it('is undecided where a smaller set might hold too, and says which', () => {
    const gaps = runsOf(['a', 'b'], 3, (on, seed) => ({
      served: 200,
      holds: on.length === 2 || on.join() === 'a',
      isVoid: on.join() === 'a' && seed === 1,
    }))
    expect(gaps.exitCode).toBe(2)
    expect(gaps.said).toMatch(/^undecided: a is not known in every seed/)
  })

  it('says so where no set holds', () => {
    expect(runsOf(['a'], 2, () => ({ served: 10, holds: false }))).toMatchObject({
      smallest: [],
      exitCode: 1,
    })
  })
})

describe('designs', () => {
  const three = plan('a', 'b', 'c')

  it('full has every set, the others those of all, of none, and of all but one or of one', () => {
    expect(setsOf(three, 'full')).toHaveLength(8)
    expect(setsOf(three, 'one-out').map((on) => on.join('+'))).toEqual(['a+b+c', 'a+b', 'a+c', 'b+c', ''])
    expect(setsOf(three, 'one-in').map((on) => on.join('+'))).toEqual(['a+b+c', 'a', 'b', 'c', ''])
  })

  it('the order of arms turns from seed to seed, and control is one of them', () => {
    const sets = setsOf(plan('a'), 'full')
    expect(armsOfSets(plan('a'), sets, 0)).toEqual(['control', 'treated', 'with-none'])
    expect(armsOfSets(plan('a'), sets, 1)).toEqual(['treated', 'with-none', 'control'])
  })

  it('names each set’s arm as runs do', () => {
    const four = plan('a', 'b', 'c', 'd')
    expect(armsOfSets(four, [['a', 'b'], ['a', 'b', 'c'], ['d']], 0)).toEqual([
      'control',
      'with-a+b',
      'without-d',
      'only-d',
    ])
  })

  it('a full one of many measures is refused, with how many sets it is and what to ask instead', () => {
    const [problem] = designProblems(plan('a', 'b', 'c', 'd', 'e'), 'full')
    expect(problem).toMatch(/32 sets: name 4 of them or fewer \(--measures\), or take --design one-out/)
    expect(designProblems(plan(), 'one-out')).toEqual(['story has no measures to compare'])
  })
})
