/** What measures do for users, visit by visit, and what each of them is worth by itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyone } from '../../../harness/checks/everyone.ts'
import { invariant } from '../../../harness/checks/invariant.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { creditsOf, effectsBetween, type JudgedArm } from '../../../harness/judging/effects.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import { judgeScenario } from '../../../harness/judging/judge-scenario.ts'
import { pairsOf, servedIn } from '../../../harness/judging/served.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import { type ArmStory, armEndMs, counter, notices, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

const source = '† ours'
const service = successRate(counter, { atLeast: 0.9, during: 'fault', source })
const measures = ['password-fallback', 'manual-intake'].map((name) => ({ name, params: {} }))
const plan = planOf([service, invariant('kept', { source, sabotages: ['loses'] })], { measures })

function judged(
  arm: Arm,
  visits: readonly Visits[],
  story: Partial<ArmStory> = {},
  of: Plan = plan,
): JudgedArm {
  const record = recordOf(of, { arm, visits, invariants: [{ name: 'kept', checked: 1 }], ...story })
  return { result: { ...judgeArm(record), retries: [] }, served: servedIn(record) }
}

/** Visits of the counter, of which those within these times fail, ms. */
const failing = (fromMs: number, toMs: number): Visits[] => [
  { journey: counter, toMs: fromMs },
  { journey: counter, fromMs, toMs, ok: false },
  { journey: counter, fromMs: toMs },
]

describe('an effect', () => {
  it('matches visits by their numbers: saved, lost, served in both, in neither', () => {
    const more = judged('treated', failing(5000, 6500))
    const fewer = judged('untreated', failing(3000, 6000))
    const [effect] = effectsBetween(plan, more, fewer)
    // One visit in 50 ms, from the fault at 2 s on: 160. Saved 3 to 5 s, neither 5 to 6 s, lost 6 to 6.5 s.
    expect(effect).toMatchObject({
      journey: counter,
      with: 'treated',
      without: 'untreated',
      visits: 160,
      saved: 40,
      lost: 10,
      neither: 20,
      either: 90,
      difference: 30,
      unmatched: 0,
    })
    expect(effect!.interval[0]).toBeLessThan(30)
    expect(effect!.interval[1]).toBeGreaterThan(30)
  })

  it('leaves the baseline out, and journeys that no service level speaks of', () => {
    const more = judged('treated', [{ journey: counter }, { journey: notices }])
    const fewer = judged('untreated', [
      { journey: counter, toMs: 2000, ok: false },
      { journey: counter, fromMs: 2000 },
      { journey: notices, ok: false },
    ])
    expect(effectsBetween(plan, more, fewer)).toMatchObject([{ journey: counter, saved: 0, either: 160 }])
  })

  it('counts visits that only one arm had, and takes them into no other count', () => {
    const more = judged('treated', [{ journey: counter }])
    const fewer = judged('untreated', [{ journey: counter, toMs: armEndMs - 500 }])
    expect(effectsBetween(plan, more, fewer)).toMatchObject([{ visits: 150, unmatched: 10 }])
  })

  it('keeps streams of one journey apart, although their numbers are the same', () => {
    const brought = { journey: counter, stream: 'surge/counter', fromMs: 2000, toMs: 6000 }
    const more = judged('treated', [{ journey: counter }, { ...brought }])
    const fewer = judged('untreated', [{ journey: counter }, { ...brought, ok: false }])
    expect(effectsBetween(plan, more, fewer)).toMatchObject([
      { visits: 240, saved: 80, either: 160, unmatched: 0 },
    ])
  })

  it('is the same whatever order its visits are written in', () => {
    const rows = failing(3000, 6000)
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        const shuffled = judged(
          'untreated',
          order.map((i) => rows[i]!),
        )
        const [a, b] = [judged('treated', [{ journey: counter }]), judged('untreated', rows)]
        expect(effectsBetween(plan, a, shuffled)).toEqual(effectsBetween(plan, a, b))
      }),
    )
  })

  it('pairs are in order of time, whatever their streams', () => {
    const visits: Visits[] = [
      { journey: counter, stream: 'a', fromMs: 2100, toMs: 2200 },
      { journey: counter, stream: 'b', fromMs: 2000, toMs: 2100, ok: false },
    ]
    const { served } = judged('treated', visits)
    expect([...pairsOf(served.get(counter)!, served.get(counter)!).a]).toEqual([0, 0, 1, 1])
  })
})

describe('a credit', () => {
  const whole = judged('treated', [{ journey: counter }])
  const credit = (arms: readonly JudgedArm[], measure = 'password-fallback', of = plan) =>
    creditsOf(of, arms).find((one) => one.measure === measure)!

  it('is needed where a service level deviates without it, and names it', () => {
    const without = judged('without-password-fallback', failing(2000, 6000))
    expect(credit([whole, without])).toMatchObject({
      credit: 'needed',
      breaks: [service.title],
      effects: [{ with: 'treated', without: 'without-password-fallback', saved: 80 }],
    })
  })

  it('is redundant where nothing misses it', () => {
    expect(credit([whole, judged('without-password-fallback', [{ journey: counter }])])).toMatchObject({
      credit: 'redundant',
      breaks: [],
    })
  })

  it('is harmful where users are lost with it who are served without it, and no service level misses it', () => {
    // One in nine, all through the arm: not one bad moment, but the measure's doing.
    const often = { journey: counter, stream: 'often' }
    const seldom = { journey: counter, stream: 'seldom', everyMs: 400 }
    const lenient = planOf([successRate(counter, { atLeast: 0.7, during: 'fault', source })], { measures })
    const loses = judged(
      'treated',
      [often, { ...seldom, toMs: 2000 }, { ...seldom, fromMs: 2000, ok: false }],
      {},
      lenient,
    )
    const without = judged('without-password-fallback', [often, seldom], {}, lenient)
    expect(credit([loses, without], 'password-fallback', lenient)).toMatchObject({
      credit: 'harmful',
      breaks: [],
      effects: [{ lost: 20, saved: 0 }],
    })
  })

  it('is not harmful for a visit or two that chance explains', () => {
    const loses = judged('treated', failing(6500, 6600))
    expect(credit([loses, judged('without-password-fallback', [{ journey: counter }])]).credit).toBe(
      'redundant',
    )
  })

  it('is not known where the arm without it did not run, is void, or could not decide', () => {
    const few: Visits[] = [
      { journey: counter, toMs: 2000 },
      { journey: counter, fromMs: 5500 },
    ]
    for (const arms of [
      [whole],
      [whole, judged('without-password-fallback', failing(2000, 6000), { stoodStillMs: 9000 })],
      [whole, judged('without-password-fallback', few)],
    ])
      expect(credit(arms).credit).toBeNull()
  })

  it('a guard that breaks without it does not make it needed', () => {
    const broken = { invariants: [{ name: 'kept', checked: 9, violations: 3 }] }
    expect(credit([whole, judged('without-password-fallback', [{ journey: counter }], broken)]).credit).toBe(
      'redundant',
    )
  })

  it('of the only measure is told by the untreated arm', () => {
    const alone = planOf([everyone(counter, { atLeast: 10, source })], { measures: measures.slice(0, 1) })
    const arms = [
      judged('treated', [{ journey: counter }], {}, alone),
      judged('untreated', failing(2000, 6000), {}, alone),
    ]
    expect(credit(arms, 'password-fallback', alone)).toMatchObject({
      credit: 'needed',
      effects: [{ without: 'untreated' }],
    })
  })
})

describe('further arms', () => {
  const whole: Visits[] = [{ journey: counter }]
  const bare = judged('with-none', failing(2000, 6000))
  const one = judged('only-manual-intake', failing(2000, 4000))
  const all = judged('treated', whole)
  const beside = (...arms: readonly JudgedArm[]) =>
    judgeScenario(plan, arms).beside?.map((effect) => [effect.with, effect.without, effect.saved])

  it('are each compared with untreated', () => {
    const untreated = judged('untreated', failing(2000, 6000))
    expect(beside(judged('control', whole), untreated, all, one)).toEqual([
      ['only-manual-intake', 'untreated', 40],
    ])
  })

  it('are compared with the one that has no measure where there is no untreated, and so is treated', () => {
    expect(beside(bare, one, all)).toEqual([
      ['only-manual-intake', 'with-none', 40],
      ['treated', 'with-none', 80],
    ])
  })

  it('are not compared where one of the two is void', () => {
    const busy = judged('with-none', failing(2000, 6000), { cpuWaitShare: 0.9 })
    expect(beside(busy, one, all)).toBeUndefined()
    const stood = judged('only-manual-intake', failing(2000, 4000), { stoodStillMs: 9000 })
    expect(beside(bare, stood, all)).toEqual([['treated', 'with-none', 80]])
  })
})
