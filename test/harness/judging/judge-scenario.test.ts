import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invariant } from '../../../harness/checks/invariant.ts'
import { never } from '../../../harness/checks/never.ts'
import { noEvent } from '../../../harness/checks/no-event.ts'
import { recovery } from '../../../harness/checks/recovery.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { timeTo } from '../../../harness/checks/time-to.ts'
import type { JudgedArm } from '../../../harness/judging/effects.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import { judgeScenario } from '../../../harness/judging/judge-scenario.ts'
import { servedIn } from '../../../harness/judging/served.ts'
import { standsOn } from '../../../harness/judging/server-evidence.ts'
import { exitCodeOf, worstVerdict } from '../../../harness/judging/verdicts.ts'
import { gateArms } from '../../../harness/model/arms.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { ArmResult, FaultEvidence, ScenarioResult, Verdict } from '../../../harness/model/result.ts'
import { type ArmStory, counter, planOf, probeDuring, recordOf, type Visits } from '../checks/journals.ts'

const source = '† ours'
const service = successRate(counter, { atLeast: 0.9, during: 'fault', title: 'the counter serves', source })
const opens = timeTo('fallback.opened', {
  within: '2s',
  of: 'injected',
  measure: 'password-fallback',
  source,
})
const staysShut = noEvent('fallback.opened', { measure: 'password-fallback', source })
const recovers = recovery(counter, { within: '2s', source })
const ledger = invariant('every receipt was entered', { sabotages: ['loses receipts'], source })
const shut = never('attacker', {
  outcome: 'let-in',
  atLeast: 10,
  sabotages: ['accepts any password'],
  source,
})
const hypothesis = [service, opens, staysShut, recovers, ledger, shut]

const attacks: Visits = { journey: 'attacker', everyMs: 200, outcome: 'refused' }
const outage: readonly Visits[] = [
  { journey: counter, toMs: 2000 },
  { journey: counter, fromMs: 2000, ok: false },
  attacks,
]
const healthy: readonly Visits[] = [{ journey: counter }, attacks]
const opened = [{ event: 'fallback.opened', ms: 3000 }]
const invariants = [{ checked: 12 }]

/** The three arms of a gate that works; each test says what is different. */
const control: ArmStory = { arm: 'control', visits: healthy, invariants }
const untreated: ArmStory = { arm: 'untreated', visits: outage, invariants }
const treated: ArmStory = { arm: 'treated', visits: healthy, invariants, system: opened }

function scenario(stories: readonly ArmStory[], differing: Partial<Plan> = {}): ScenarioResult {
  const plan = planOf(differing.checks ?? hypothesis, differing)
  return judgeScenario(
    plan,
    stories.map((story) => judgedArm(plan, story)),
  )
}

function judgedArm(plan: Plan, story: ArmStory): JudgedArm {
  const record = recordOf(plan, story)
  return { result: { ...judgeArm(record), retries: [] }, served: servedIn(record) }
}

/** The arms as they are, their results changed. */
function changed(arms: readonly ArmResult[]): JudgedArm[] {
  return arms.map((result) => ({ result, served: new Map() }))
}

describe('a scenario', () => {
  it('holds where control holds, untreated deviates by every service level, and treated holds', () => {
    const result = scenario([control, untreated, treated])
    expect(result).toMatchObject({
      scenario: '17-nov-gpki-stall',
      facts: ['T2', 'F4'],
      verdict: 'holds',
      said: 'password-fallback saves 160 of 160 visitor-at-counter’s visits [150 … 160] and loses none',
    })
    expect(result.arms.map((arm) => arm.verdict)).toEqual(['holds', 'deviates', 'holds'])
  })

  it('deviates where control does, and says that it is unhealthy without any fault', () => {
    expect(scenario([{ ...control, visits: outage }, untreated, treated])).toMatchObject({
      verdict: 'deviates',
      said: expect.stringMatching(/^unhealthy without any fault: 'the counter serves'/),
    })
  })

  it('deviates where the fallback opens although nothing is wrong', () => {
    expect(scenario([{ ...control, system: opened }, untreated, treated])).toMatchObject({
      verdict: 'deviates',
      said: expect.stringMatching(/^unhealthy without any fault: 'without a fault, no fallback.opened'/),
    })
  })

  it('deviates where treated does, and says that the measure does not save it', () => {
    expect(scenario([control, untreated, { ...treated, visits: outage }])).toMatchObject({
      verdict: 'deviates',
      said: expect.stringMatching(
        /^the measures do not save it \(password-fallback\): 'the counter serves'.*\(and 1 more\)$/,
      ),
    })
  })

  it('tells the two apart where both deviate', () => {
    const { said } = scenario([{ ...control, visits: outage }, untreated, { ...treated, visits: outage }])
    expect(said).toMatch(/^unhealthy without any fault: .*; the measures do not save it/)
  })

  it('deviates where a guard broke with the measures off', () => {
    const lost = { ...untreated, invariants: [{ checked: 12, violations: 1 }] }
    expect(scenario([control, lost, treated])).toMatchObject({
      verdict: 'deviates',
      said: expect.stringMatching(/^a guard broke with no measure: 'every receipt was entered'/),
    })
  })

  it('is vacuous where a service level holds without the measures, and says which', () => {
    const mild = { ...untreated, visits: healthy }
    expect(scenario([control, mild, treated])).toMatchObject({
      verdict: 'vacuous',
      said: "with the fault and without the measures it still holds, so it shows nothing: 'the counter serves' (and 1 more)",
    })
  })

  it('is vacuous rather than inconclusive', () => {
    const mild = { ...untreated, visits: healthy }
    const late = { ...treated, generator: { lagP99Ms: 900 } }
    expect(scenario([control, mild, late]).verdict).toBe('vacuous')
  })

  it('deviates rather than vacuous', () => {
    const mild = { ...untreated, visits: healthy }
    expect(scenario([control, mild, { ...treated, visits: outage }]).verdict).toBe('deviates')
  })

  it('is vacuous where it has no service level at all', () => {
    expect(scenario([control, untreated, treated], { checks: [ledger, shut] })).toMatchObject({
      verdict: 'vacuous',
      said: 'no service level was put to the test in the untreated arm',
    })
  })

  it('skips a check that does not apply in untreated', () => {
    const result = scenario([control, untreated, treated])
    const skipped: ArmResult[] = result.arms.map((arm) => ({
      ...arm,
      checks: arm.checks.map((c) => (c.kind === 'recovery' ? { ...c, verdict: 'not-applicable' } : c)),
    }))
    expect(judgeScenario(planOf(hypothesis), changed(skipped)).verdict).toBe('holds')
  })

  it('is vacuous where no service level applies in untreated', () => {
    const arms = scenario([control, untreated, treated]).arms.map(
      (arm): ArmResult => ({
        ...arm,
        checks: arm.checks.map((c) => (c.role === 'protected' ? { ...c, verdict: 'not-applicable' } : c)),
      }),
    )
    expect(judgeScenario(planOf(hypothesis), changed(arms)).verdict).toBe('vacuous')
  })

  it('is inconclusive, not vacuous, where the fault was not seen to bite without the measures', () => {
    const toothless = {
      ...untreated,
      visits: healthy,
      sightings: [
        { when: 'before', bites: false },
        { when: 'during', bites: false },
      ] as const,
    }
    expect(scenario([control, toothless, treated])).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(/^untreated: void: stall saeol→l4 was not seen to bite/),
    })
  })

  it('is inconclusive where an arm is void that would have deviated', () => {
    expect(
      scenario([control, untreated, { ...treated, visits: outage, generator: { dropped: 3 } }]),
    ).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(/^treated: void: the load generator dropped 3/),
    })
  })

  it('is inconclusive where a service level is, without the measures', () => {
    const few: Visits[] = [
      ...outage.slice(0, 1),
      { journey: counter, fromMs: 2000, everyMs: 3000, ok: false },
      attacks,
    ]
    const result = scenario([control, { ...untreated, visits: few }, treated], {
      checks: [successRate(counter, { atLeast: 0.3, during: 'fault', title: 'some are served', source })],
    })
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(
        /^untreated: 'some are served': success 0 %.*would decide; 163 visits of visitor-at-counter came in only one of the arms/,
      ),
    })
  })

  it.each([
    [[treated], 'only the treated arm ran'],
    [[control, treated], 'only the control and treated arms ran'],
    [[control], 'only the control arm ran'],
    [[], 'no arm ran'],
  ])('is inconclusive where arms are missing: %#', (stories, said) => {
    expect(scenario(stories)).toMatchObject({ verdict: 'inconclusive', said })
  })

  it('says of a lone arm also what it left open', () => {
    expect(scenario([{ ...treated, generator: null }]).said).toBe(
      'only the treated arm ran; treated: void: the load generator gave no account of itself',
    )
  })

  it('may deviate, or be vacuous, from one arm alone', () => {
    expect(scenario([{ ...treated, visits: outage }]).verdict).toBe('deviates')
    expect(scenario([{ ...untreated, visits: healthy }]).verdict).toBe('vacuous')
  })

  it('names several measures', () => {
    const measures = ['deadlines', 'password-fallback', 'manual-intake'].map((name) => ({ name, params: {} }))
    expect(scenario([control, untreated, treated], { measures }).said).toBe(
      'deadlines, password-fallback and manual-intake save 160 of 160 visitor-at-counter’s visits [150 … 160] and lose none (together: which of them is needed was not asked; --ablate tells)',
    )
  })
})

describe('--no-faults', () => {
  const noFaults = { faultsOn: false }

  it('ends vacuous where all is well', () => {
    expect(
      scenario([control, { ...untreated, visits: healthy }, { ...treated, system: [] }], noFaults),
    ).toMatchObject({
      verdict: 'vacuous',
      said: "no fault was injected, so nothing was put to the test: without the measures too holds 'the counter serves'",
    })
  })

  it('ends vacuous where only checks of the fault are left', () => {
    const checks = [opens, recovers]
    expect(
      scenario([control, { ...untreated, visits: healthy }, { ...treated, system: [] }], {
        ...noFaults,
        checks,
      }).verdict,
    ).toBe('vacuous')
  })

  it('ends vacuous where the network cannot do without the measures even then: that is not the fault’s doing', () => {
    expect(scenario([control, untreated, { ...treated, system: [] }], noFaults).verdict).toBe('vacuous')
  })

  it('deviates where the network is unhealthy', () => {
    const result = scenario(
      [{ ...control, visits: outage }, untreated, { ...treated, visits: outage, system: [] }],
      noFaults,
    )
    expect(result.verdict).toBe('deviates')
    expect(result.said).toMatch(/^unhealthy without any fault/)
    expect(result.said).not.toMatch(/does not save/)
  })
})

const verdicts: readonly Verdict[] = ['holds', 'inconclusive', 'vacuous', 'deviates']
const verdict = fc.constantFrom(...verdicts)

describe('the worst verdict', () => {
  it('is one of them, whatever their order, and none of them is worse', () => {
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1, maxLength: 8 }), (some) => {
        const worst = worstVerdict(some)
        expect(some).toContain(worst)
        expect(worstVerdict(some.toReversed())).toBe(worst)
        for (const one of some) expect(worstVerdict([worst, one])).toBe(worst)
      }),
    )
  })

  it('can be taken of parts', () => {
    fc.assert(
      fc.property(fc.array(verdict, { minLength: 1 }), fc.array(verdict, { minLength: 1 }), (a, b) => {
        expect(worstVerdict([worstVerdict(a), worstVerdict(b)])).toBe(worstVerdict([...a, ...b]))
      }),
    )
  })

  it('orders deviates > vacuous > inconclusive > holds', () => {
    expect(worstVerdict(verdicts)).toBe('deviates')
    expect(worstVerdict(['holds', 'inconclusive', 'vacuous'])).toBe('vacuous')
    expect(worstVerdict(['holds', 'inconclusive'])).toBe('inconclusive')
    expect(worstVerdict(['holds', 'holds'])).toBe('holds')
  })

  it('of nothing is not green', () => {
    expect(worstVerdict([])).toBe('inconclusive')
  })
})

/** A story near a given one: each of its parts mostly as it was, else one of those that a journal may also hold. */
function near(good: ArmStory): fc.Arbitrary<ArmStory> {
  const mostly = <T>(part: T, ...others: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(part) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    )
  return fc.record({
    arm: fc.constant(good.arm!),
    visits: mostly<ArmStory['visits'] & {}>(
      good.visits!,
      healthy,
      outage,
      [{ journey: counter, everyMs: 400 }, attacks],
      [],
    ),
    system: mostly<ArmStory['system'] & {}>(good.system ?? [], opened, []),
    invariants: mostly<ArmStory['invariants'] & {}>(invariants, [{ checked: 12, violations: 1 }], []),
    generator: mostly<ArmStory['generator'] & {}>({}, { dropped: 2 }, { lagP99Ms: 400 }),
    sightings: mostly<ArmStory['sightings'] & {}>(bit, bit.slice(1), bit.slice(0, 1), []),
    ended: mostly<ArmStory['ended'] & {}>({}, { outcome: 'failed' }, { outcome: 'interrupted' }),
  })
}

const bit = [
  { when: 'before', bites: false },
  { when: 'during', bites: true },
  { when: 'after', bites: false },
] as const
const stories = fc.tuple(near(control), near(untreated), near(treated))
const someStories = stories.chain((all) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant([...all]) }, { weight: 1, arbitrary: fc.subarray([...all]) }),
)
const someChecks = fc.subarray(hypothesis, { minLength: 1 })

const untreatedMust = { protected: 'deviates', mechanism: 'not-applicable', guard: 'holds' } as const

describe('the algebra of verdicts', () => {
  it('is green for nothing less than three sound arms that all show what they must', () => {
    let green = 0
    fc.assert(
      fc.property(someStories, someChecks, (some, checks) => {
        const result = scenario(some, { checks })
        if (result.verdict !== 'holds') return
        green++
        expect(result.arms.map((arm) => arm.arm)).toEqual([...gateArms])
        expect(result.arms.flatMap((arm) => arm.voids)).toEqual([])
        const [first, second, third] = result.arms as [ArmResult, ArmResult, ArmResult]
        for (const check of [...first.checks, ...third.checks])
          expect(['holds', 'not-applicable']).toContain(check.verdict)
        const levels = second.checks.filter((c) => c.role === 'protected' && c.verdict !== 'not-applicable')
        expect(levels.length).toBeGreaterThan(0)
        for (const level of levels) expect(level.verdict).toBe('deviates')
        for (const guard of second.checks.filter((c) => c.role === 'guard'))
          expect(guard.verdict).toBe('holds')
        expect(second.faults.every((fault) => fault.bit)).toBe(true)
      }),
      { numRuns: 400 },
    )
    // Else the property would say nothing.
    expect(green).toBeGreaterThan(10)
  })

  it('is green wherever three sound arms do', () => {
    fc.assert(
      fc.property(stories, someChecks, (all, checks) => {
        const result = scenario(all, { checks })
        const [first, second, third] = result.arms as [ArmResult, ArmResult, ArmResult]
        const sound =
          result.arms.every((arm) => arm.voids.length === 0) &&
          [first, third].every((arm) => arm.verdict === 'holds') &&
          second.checks.every((c) => c.verdict === untreatedMust[c.role]) &&
          second.checks.some((c) => c.role === 'protected')
        expect(result.verdict === 'holds').toBe(sound)
      }),
      { numRuns: 300 },
    )
  })

  it('never holds with --no-faults, and is vacuous wherever nothing deviates and untreated is sound', () => {
    fc.assert(
      fc.property(someStories, someChecks, (some, checks) => {
        const result = scenario(some, { checks, faultsOn: false })
        const without = result.arms.find((arm) => arm.arm === 'untreated')
        if (without !== undefined && without.voids.length === 0)
          expect(['vacuous', 'deviates']).toContain(result.verdict)
        else expect(['inconclusive', 'deviates']).toContain(result.verdict)
      }),
      { numRuns: 300 },
    )
  })

  it('makes a void arm inconclusive, whatever its checks say', () => {
    fc.assert(
      fc.property(fc.oneof(near(control), near(untreated), near(treated)), someChecks, (one, checks) => {
        const result = judgeArm(recordOf(planOf(checks), one))
        if (result.voids.length > 0) expect(result.verdict).toBe('inconclusive')
      }),
      { numRuns: 200 },
    )
  })

  it('gives the same result for the same journal', () => {
    fc.assert(
      fc.property(near(treated), someChecks, (one, checks) => {
        const judge = () => judgeArm(recordOf(planOf(checks), one))
        expect(judge()).toEqual(judge())
      }),
      { numRuns: 50 },
    )
  })
})

describe('what a verdict stands on', () => {
  const told = (witness: ArmStory['witness'] & {}) =>
    scenario([control, { ...untreated, witness }, { ...treated, witness }]).standsOn

  it.each<[string, ArmStory['witness'] & {}]>([
    ['Toxiproxy itself saw users bitten by 2 of them', { kind: 'events', bitten: [probeDuring, 'user/1'] }],
    ['Toxiproxy itself saw users bitten by none of them', { kind: 'events', bitten: [probeDuring] }],
    ['none of them is a toxic, so Toxiproxy cannot tell', { kind: 'events', bitten: [], totals: null }],
    ['this Toxiproxy keeps no account of its toxics, only of the bytes of a link', { kind: 'metrics' }],
    ['this Toxiproxy keeps no account of its toxics', { kind: 'none' }],
  ])('%s', (words, witness) => {
    expect(told(witness)).toBe(`1 fault in 2 arms: 2 of 2 seen to bite by their own probes; ${words}`)
  })

  it('is nothing where no fault was injected', () => {
    expect(scenario([control]).standsOn).toBe('no fault was injected')
  })

  const heard: ArmStory['witness'] = { kind: 'events', bitten: ['user/1'] }
  const withFaults = scenario([{ ...untreated, witness: heard }]).arms
  const changed = (fault: Partial<FaultEvidence>, arm: Partial<ArmResult> = {}): ArmResult[] =>
    withFaults.map((one) => ({ ...one, ...arm, faults: one.faults.map((f) => ({ ...f, ...fault })) }))

  it('tells what Toxiproxy saw of a fault that its probe did not see', () => {
    expect(standsOn(changed({ bit: false }))).toBe(
      '1 fault in 1 arm: 0 of 1 seen to bite by their own probes; Toxiproxy itself saw users bitten by 1 of them',
    )
  })

  it('does not say of a toxic that it is none, because the arm was cut short', () => {
    expect(standsOn(changed({ server: null }, { ending: 'interrupted' }))).toBe(
      '1 fault in 1 arm: 1 of 1 seen to bite by their own probes; Toxiproxy had told of none of them when the arm was cut short',
    )
  })

  it('says of how many faults Toxiproxy tells, where others are no toxics', () => {
    const [arm] = withFaults
    const surge = { ...arm!.faults[0]!, fault: 'surge', server: null }
    expect(standsOn([{ ...arm!, faults: [...arm!.faults, surge] }])).toBe(
      '2 faults in 1 arm: 2 of 2 seen to bite by their own probes; Toxiproxy itself saw users bitten by 1 of the 1 that it tells of',
    )
  })
})

describe('the exit code', () => {
  const sound = scenario([control, untreated, treated])
  const withVerdict = (verdict: Verdict): ScenarioResult => ({ ...sound, verdict })
  const withFailure: ScenarioResult = {
    ...sound,
    arms: sound.arms.map((arm) => ({ ...arm, ending: 'failed' })),
  }

  it.each<[Verdict, number]>([
    ['holds', 0],
    ['deviates', 1],
    ['inconclusive', 2],
    ['vacuous', 3],
  ])('of a run that %s is %i', (verdict, code) => {
    expect(exitCodeOf({ ending: 'finished', scenarios: [withVerdict('holds'), withVerdict(verdict)] })).toBe(
      code,
    )
  })

  it('is that of the worst: 5 > 1 > 3 > 2 > 0', () => {
    const scenarios = verdicts.map(withVerdict)
    expect(exitCodeOf({ ending: 'finished', scenarios })).toBe(1)
    expect(
      exitCodeOf({ ending: 'finished', scenarios: scenarios.filter((s) => s.verdict !== 'deviates') }),
    ).toBe(3)
    expect(exitCodeOf({ ending: 'finished', scenarios: [...scenarios, withFailure] })).toBe(5)
    expect(exitCodeOf({ ending: 'failed', scenarios })).toBe(5)
  })

  it('is 130 where the run was interrupted, whatever else', () => {
    expect(exitCodeOf({ ending: 'interrupted', scenarios: [withVerdict('deviates'), withFailure] })).toBe(130)
  })

  it('of a run in which nothing was judged is not 0', () => {
    expect(exitCodeOf({ ending: 'finished', scenarios: [] })).toBe(2)
  })
})
