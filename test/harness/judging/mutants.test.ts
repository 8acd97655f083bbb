/** Which mutants a scenario has, and who noticed them. */
import { describe, expect, it } from 'vitest'
import { invariant } from '../../../harness/checks/invariant.ts'
import { never } from '../../../harness/checks/never.ts'
import { noEvent } from '../../../harness/checks/no-event.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { type Mutant, mutantsOf, unmutated } from '../../../harness/experiment/mutants.ts'
import { judgeMutation, worthAnotherRound } from '../../../harness/judging/mutation.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import type { CheckVerdict } from '../../../harness/model/check.ts'
import type { RunResult, Void } from '../../../harness/model/result.ts'
import type { System } from '../../../harness/model/system.ts'
import { counter, planOf } from '../checks/arm-story.ts'
import { runResult, scenarioResult } from '../reporters/a-run.ts'

const source = '† ours'
const serves = successRate(counter, { atLeast: 0.9, during: 'fault', source })
const letIn = never('attacker', {
  outcome: 'let-in',
  atLeast: 1,
  source,
  sabotages: ['any-password', 'any-code'],
})
const kept = invariant('receipts kept', { source, sabotages: ['loses-receipts'] })
const once = invariant('entered once', { source, sabotages: ['enters-twice'] })
const shut = noEvent('fallback.opened', { source, sabotages: ['opens-at-will'] })
const measures = ['password-fallback', 'manual-intake'].map((name) => ({ name, params: {} }))
const plan = planOf([serves, letIn, kept, once, shut], { measures })
const names = ['any-password', 'any-code', 'loses-receipts', 'enters-twice', 'opens-at-will', 'odd-one']
const system = { sabotages: { names, environment: () => ({}) } } as unknown as System

const all = (options: Partial<Parameters<typeof mutantsOf>[2]> = {}): Mutant[] =>
  mutantsOf(plan, system, { pack: false, unnamed: [], ...options })
const shortOf = ({ sabotages, without, arms }: Mutant) => [
  sabotages.join(' + ') || `without ${without}`,
  ...arms,
]

describe('mutants', () => {
  it('are each sabotage that a guard names, on, and each measure, off, in the arms that decide it', () => {
    expect(all().map(shortOf)).toEqual([
      ['any-password', 'treated'],
      ['any-code', 'treated'],
      ['loses-receipts', 'treated'],
      ['enters-twice', 'treated'],
      ['opens-at-will', 'control'],
      ['without password-fallback', 'without-password-fallback'],
      ['without manual-intake', 'without-manual-intake'],
    ])
  })

  it('are decided in the untreated arm where the measure is the only one', () => {
    const alone = planOf([serves], { measures: measures.slice(0, 1) })
    expect(mutantsOf(alone, system, { pack: true, unnamed: [] }).map(shortOf)).toEqual([
      ['without password-fallback', 'untreated'],
    ])
  })

  it('share an arm where the guards that must notice them differ, and only there', () => {
    expect(all({ pack: true }).map(shortOf).slice(0, 2)).toEqual([
      ['any-password + loses-receipts + enters-twice + opens-at-will', 'control', 'treated'],
      ['any-code', 'treated'],
    ])
  })

  it('that no guard names go by themselves, and not at all where the system does not have them', () => {
    expect(all({ pack: true, unnamed: ['odd-one'] }).map(shortOf)).toContainEqual(['odd-one', 'treated'])
    const less = { sabotages: { names: ['any-code'], environment: () => ({}) } } as unknown as System
    expect(mutantsOf(plan, less, { pack: false, unnamed: [] }).map(shortOf)[0]).toEqual([
      'any-code',
      'treated',
    ])
  })

  it('can be asked for by name', () => {
    expect(all({ only: ['enters-twice'] }).map(shortOf)).toEqual([['enters-twice', 'treated']])
    expect(all({ only: ['manual-intake'] }).map(shortOf)).toEqual([
      ['without manual-intake', 'without-manual-intake'],
    ])
  })

  it('run under names of their own', () => {
    const scenarios = [...all(), unmutated(plan)].map((mutant) => mutant.plan.scenario)
    expect(new Set(scenarios).size).toBe(scenarios.length)
    for (const name of scenarios) expect(name).toMatch(/^[\w.-]+$/)
  })
})

/** A run of these mutants in which checks deviate as told, by mutant; all else holds. */
function ran(
  mutants: readonly Mutant[],
  deviating: Readonly<Record<string, readonly string[]>>,
  voids: Readonly<Record<string, readonly Void[]>> = {},
): RunResult {
  return runResult(
    [unmutated(plan), ...mutants].map((mutant) => {
      const result = scenarioResult(mutant.plan, [])
      const arms = mutant.arms.map((arm: Arm) => ({
        ...scenarioResult(mutant.plan).arms[0]!,
        arm,
        voids: voids[mutant.name] ?? [],
        checks: plan.checks.map((spec) => ({
          ...spec,
          check: spec.title,
          evidence: null,
          said: '',
          lookAt: [],
          verdict: ((deviating[mutant.name] ?? []).includes(spec.id) ? 'deviates' : 'holds') as CheckVerdict,
        })),
      }))
      return { ...result, scenario: mutant.plan.scenario, arms }
    }),
  )
}

const noticedAll = {
  'sabotage any-password': [letIn.id],
  'sabotage any-code': [letIn.id],
  'sabotage loses-receipts': [kept.id],
  'sabotage enters-twice': [once.id],
  'sabotage opens-at-will': [shut.id],
  'without password-fallback': [serves.id],
  'without manual-intake': [serves.id],
}

function judged(
  deviating: Readonly<Record<string, readonly string[]>>,
  voids: Readonly<Record<string, readonly Void[]>> = {},
  mutants = all(),
) {
  return judgeMutation([{ ran: [unmutated(plan), ...mutants], run: ran(mutants, deviating, voids) }])
}

describe('the matrix', () => {
  it('has everything noticed where each guard noticed its own, and a service level each measure', () => {
    expect(judged(noticedAll)).toMatchObject({
      score: { noticed: 7, of: 7 },
      blindGuards: [],
      idleMeasures: [],
      exitCode: 0,
    })
  })

  it('does not take a guard that names nobody for one that noticed, and names the guard that was blind', () => {
    const result = judged({ ...noticedAll, 'sabotage loses-receipts': [once.id, serves.id] })
    expect(result.mutants.find(({ mutant }) => mutant === 'loses-receipts')).toMatchObject({
      verdict: 'unnoticed',
      named: [kept.id],
    })
    expect(result).toMatchObject({
      score: { noticed: 6 },
      blindGuards: [`${plan.scenario}: ${kept.id}`],
      exitCode: 3,
    })
  })

  it('a guard that noticed one of its sabotages is not blind; the other is unnoticed all the same', () => {
    expect(judged({ ...noticedAll, 'sabotage any-code': [] })).toMatchObject({
      blindGuards: [],
      score: { noticed: 6 },
      exitCode: 3,
    })
  })

  it('a measure that only a guard misses is idle: what users get is what counts', () => {
    expect(judged({ ...noticedAll, 'without manual-intake': [kept.id] })).toMatchObject({
      idleMeasures: [`${plan.scenario}: manual-intake`],
      exitCode: 3,
    })
  })

  it('what is void is undecided, and no guard is blind for it', () => {
    const voids = {
      'sabotage loses-receipts': [{ kind: 'host', said: 'the host was busy', repeatHelps: true }] as const,
    }
    expect(judged({ ...noticedAll, 'sabotage loses-receipts': [] }, voids)).toMatchObject({
      blindGuards: [],
      score: { noticed: 6 },
      exitCode: 2,
    })
  })

  it('a guard that could not tell leaves its sabotage undecided: it may have looked at too little', () => {
    const mutants = all({ only: ['loses-receipts'] })
    const run = ran(mutants, {})
    const scenarios = run.scenarios.map((one, round) => ({
      ...one,
      arms: one.arms.map((arm) => ({
        ...arm,
        checks: arm.checks.map((check) =>
          round > 0 && check.id === kept.id
            ? { ...check, verdict: 'inconclusive' as const, said: 'too few' }
            : check,
        ),
      })),
    }))
    const result = judgeMutation([{ ran: [unmutated(plan), ...mutants], run: { ...run, scenarios } }])
    expect(result.mutants).toMatchObject([
      { verdict: 'undecided', said: expect.stringMatching(/could not tell: too few$/) },
    ])
  })

  it.each<[string, (run: RunResult) => RunResult['scenarios'][number]['arms']]>([
    ['did not run', () => []],
    [
      'is void',
      ({ scenarios: [asItIs] }) =>
        asItIs!.arms.map((arm) => ({
          ...arm,
          voids: [{ kind: 'host', said: 'the host was busy', repeatHelps: true }],
        })),
    ],
    [
      'could not tell',
      ({ scenarios: [asItIs] }) =>
        asItIs!.arms.map((arm) => ({
          ...arm,
          checks: arm.checks.map((check) =>
            check.id === kept.id ? { ...check, verdict: 'inconclusive' } : check,
          ),
        })),
    ],
  ])('what nobody noticed is undecided where the scenario as it is %s', (_, change) => {
    const mutants = all({ only: ['loses-receipts'] })
    const run = ran(mutants, {})
    const [asItIs, ...others] = run.scenarios
    const changed = { ...run, scenarios: [{ ...asItIs!, arms: change(run) }, ...others] }
    const result = judgeMutation([{ ran: [unmutated(plan), ...mutants], run: changed }])
    expect(result.mutants).toMatchObject([
      { verdict: 'undecided', said: expect.stringContaining('as it is') },
    ])
    expect(result.exitCode).toBe(2)
    expect(judgeMutation([{ ran: [unmutated(plan), ...mutants], run }])).toMatchObject({ exitCode: 3 })
  })

  it('a baseline that a sabotage spoils speaks for itself', () => {
    const voids = {
      'sabotage loses-receipts': [
        { kind: 'baseline', said: 'baseline gate: 3 of 9', repeatHelps: false },
      ] as const,
    }
    expect(judged(noticedAll, voids).score.noticed).toBe(7)
  })

  it('of packed sabotages each is noticed by its own guard, and no other’s', () => {
    const mutants = all({ pack: true })
    const [packed] = mutants
    const deviating = { ...noticedAll, [packed!.name]: [letIn.id, kept.id, shut.id] }
    const verdicts = judged(deviating, {}, mutants).mutants.map(({ mutant, verdict }) => [mutant, verdict])
    expect(Object.fromEntries(verdicts)).toMatchObject({
      'any-password': 'noticed',
      'loses-receipts': 'noticed',
      'opens-at-will': 'noticed',
      'enters-twice': 'unnoticed',
    })
  })

  it('what nobody noticed beside others is run once more by itself, and that counts', () => {
    const packed = all({ pack: true })
    const together = packed.find(({ sabotages }) => sabotages.includes('loses-receipts'))!
    const beside = Object.fromEntries([
      ...Object.entries(noticedAll),
      ...packed.map(({ name, sabotages }) => [
        name,
        sabotages.flatMap((one) =>
          one === 'loses-receipts' ? [] : (noticedAll[`sabotage ${one}` as keyof typeof noticedAll] ?? []),
        ),
      ]),
      ['without manual-intake', [serves.id]],
      ['without password-fallback', [serves.id]],
    ]) as Record<string, string[]>
    const first = { ran: [unmutated(plan), ...packed], run: ran(packed, beside) }
    const once = judgeMutation([first])
    expect(together.sabotages.length).toBeGreaterThan(1)
    expect(once.exitCode).toBe(3)
    expect(worthAnotherRound(once).map(({ mutant }) => mutant)).toEqual(['loses-receipts'])
    const alone = all({ only: ['loses-receipts'] })
    const second = (deviating: Record<string, string[]>) => ({
      ran: [unmutated(plan), ...alone],
      run: ran(alone, deviating),
    })
    const noticed = judgeMutation([first, second(noticedAll)])
    expect(noticed).toMatchObject({ score: { noticed: 7, of: 7 }, blindGuards: [], exitCode: 0 })
    expect(
      noticed.mutants.flatMap(({ mutant, again }) => (again === undefined ? [] : [[mutant, again]])),
    ).toEqual([['loses-receipts', 'beside others nobody noticed it']])
    const still = judgeMutation([first, second({})])
    expect(still).toMatchObject({ score: { noticed: 6 }, exitCode: 3 })
    // By itself it was looked at as well as can be.
    expect(worthAnotherRound(still)).toEqual([])
  })
})
