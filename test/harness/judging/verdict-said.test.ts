/** What a verdict stands on, in words, and the exit code of a run. */
import { describe, expect, it } from 'vitest'
import { standsOn } from '../../../harness/judging/server-evidence.ts'
import { exitCodeOf } from '../../../harness/judging/verdicts.ts'
import type { ArmResult, FaultEvidence, ScenarioResult, Verdict } from '../../../harness/model/result.ts'
import type { ArmStory } from '../checks/arm-story.ts'
import { probeDuring } from '../checks/journals.ts'
import { control, scenario, treated, untreated, verdicts } from './a-scenario.ts'

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
