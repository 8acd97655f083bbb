/** What a scenario comes to: roles, arms, the worst verdict. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { judgeScenario } from '../../../harness/judging/judge-scenario.ts'
import { worstVerdict } from '../../../harness/judging/verdicts.ts'
import type { ArmResult } from '../../../harness/model/result.ts'
import { counter, planOf, type Visits } from '../checks/arm-story.ts'
import {
  attacks,
  changed,
  control,
  healthy,
  hypothesis,
  ledger,
  opened,
  opens,
  outage,
  recovers,
  scenario,
  shut,
  source,
  treated,
  untreated,
  verdict,
  verdicts,
} from './a-scenario.ts'

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
