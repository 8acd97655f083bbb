/** Whether a second run can come to a verdict: what comes of the machine may be gone then, what comes of the scenario not. */
import { expect, it } from 'vitest'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import { judgeScenario } from '../../../harness/judging/judge-scenario.ts'
import { repeatMayHelp } from '../../../harness/judging/repeat.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import { type ArmStory, counter, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

const plan = planOf([
  successRate(counter, { atLeast: 0.9, during: 'fault', title: 'the counter serves', source: '† ours' }),
])
const collapse: readonly Visits[] = [
  { journey: counter, toMs: 2000 },
  { journey: counter, fromMs: 2000, toMs: 6000, ok: false },
  { journey: counter, fromMs: 6000 },
]

function judged(arm: Arm, story: Omit<ArmStory, 'arm'> = {}) {
  const visits = arm === 'untreated' ? { visits: collapse } : {}
  return {
    result: { ...judgeArm(recordOf(plan, { arm, ...visits, ...story })), retries: [] },
    served: new Map(),
  }
}

const machine: [string, Omit<ArmStory, 'arm'>, RegExp][] = [
  ['a generator that missed its schedule', { generator: { lagP99Ms: 900 } }, /missed its schedule/],
  ['a harness that stood still', { stoodStillMs: 5000 }, /stood still/],
  [
    'a busy host beside a check that could not decide',
    {
      visits: [
        { journey: counter, toMs: 2000 },
        { journey: counter, fromMs: 2000, toMs: 5500 },
        { journey: counter, fromMs: 5500, toMs: 6000, ok: false },
        { journey: counter, fromMs: 6000 },
      ],
      cpuWaitShare: 0.9,
    },
    /the host was busy/,
  ],
  ['a busy host beside a deviation', { visits: collapse, cpuWaitShare: 0.9 }, /the host was busy/],
  [
    'a probe that could not tell',
    {
      sightings: [
        { when: 'before', bites: null },
        { when: 'during', bites: true },
        { when: 'after', bites: false },
      ],
    },
    /could not be told before/,
  ],
  [
    'an unsteady baseline on a busy host',
    {
      visits: [
        { journey: counter, toMs: 1000, ok: false },
        { journey: counter, fromMs: 1000 },
      ],
      cpuWaitShare: 0.9,
    },
    /baseline gate/,
  ],
]
const scenario: [string, Omit<ArmStory, 'arm'>, RegExp][] = [
  [
    'a probe that saw no bite',
    {
      sightings: [
        { when: 'before', bites: false },
        { when: 'during', bites: false },
      ],
    },
    /was not seen to bite/,
  ],
  [
    'a fault that is there still',
    {
      sightings: [
        { when: 'before', bites: false },
        { when: 'during', bites: true },
        { when: 'after', bites: true },
      ],
    },
    /was not seen gone/,
  ],
  ['a fault that was never injected', { injectedMs: null }, /was never injected/],
  [
    'an unsteady baseline on an idle host',
    {
      visits: [
        { journey: counter, toMs: 1000, ok: false },
        { journey: counter, fromMs: 1000 },
      ],
      cpuWaitShare: 0.2,
    },
    /baseline gate/,
  ],
  [
    'a service that died',
    { deaths: [{ service: 'saeol', code: 1, signal: null, log: 'saeol.log' }] },
    /died/,
  ],
]

it.each([
  ...machine.map((row) => [...row, true] as const),
  ...scenario.map((row) => [...row, false] as const),
])('%s', (_, story, why, helps) => {
  const treated = judged('treated', story)
  expect(treated.result.voids.map(({ said }) => said).join()).toMatch(why)
  expect(repeatMayHelp(treated.result)).toBe(helps)
  const whole = judgeScenario(plan, [judged('control'), judged('untreated'), treated])
  expect(whole.verdict).toBe('inconclusive')
  expect(whole.repeat).toMatchObject({ helps, said: expect.stringMatching(why) })
})

it('cannot help where one of two reasons stays', () => {
  const both = judged('treated', { stoodStillMs: 5000, injectedMs: null })
  expect(repeatMayHelp(both.result)).toBe(false)
  expect(judgeScenario(plan, [judged('control'), judged('untreated'), both]).repeat).toMatchObject({
    helps: false,
    said: expect.stringMatching(/never injected/),
  })
})

it('cannot help where arms were not to run, or the sample is too small', () => {
  expect(judgeScenario(plan, [judged('treated')]).repeat).toEqual({
    helps: false,
    said: 'only the treated arm ran',
  })
  const few = judged('treated', {
    visits: [
      { journey: counter, toMs: 2000 },
      { journey: counter, fromMs: 5900 },
    ],
  })
  expect(few.result).toMatchObject({ verdict: 'inconclusive', voids: [] })
  expect(judgeScenario(plan, [judged('control'), judged('untreated'), few]).repeat).toMatchObject({
    helps: false,
  })
})

it('is not asked where there is a verdict', () => {
  expect(judgeScenario(plan, [judged('control'), judged('untreated'), judged('treated')]).repeat).toBeNull()
})
