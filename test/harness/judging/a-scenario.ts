/** Arms of one scenario as records, and what is made of them. */
import fc from 'fast-check'
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
import type { Plan } from '../../../harness/model/plan.ts'
import type { ArmResult, ScenarioResult, Verdict } from '../../../harness/model/result.ts'
import { type ArmStory, counter, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

export const source = '† ours'

export const service = successRate(counter, {
  atLeast: 0.9,
  during: 'fault',
  title: 'the counter serves',
  source,
})

export const opens = timeTo('fallback.opened', {
  within: '2s',
  of: 'injected',
  measure: 'password-fallback',
  source,
})

export const staysShut = noEvent('fallback.opened', { measure: 'password-fallback', source })

export const recovers = recovery(counter, { within: '2s', source })

export const ledger = invariant('every receipt was entered', { sabotages: ['loses receipts'], source })

export const shut = never('attacker', {
  outcome: 'let-in',
  atLeast: 10,
  sabotages: ['accepts any password'],
  source,
})

export const hypothesis = [service, opens, staysShut, recovers, ledger, shut]

export const attacks: Visits = { journey: 'attacker', everyMs: 200, outcome: 'refused' }

export const outage: readonly Visits[] = [
  { journey: counter, toMs: 2000 },
  { journey: counter, fromMs: 2000, ok: false },
  attacks,
]

export const healthy: readonly Visits[] = [{ journey: counter }, attacks]

export const opened = [{ event: 'fallback.opened', ms: 3000 }]

export const invariants = [{ checked: 12 }]

/** The three arms of a gate that works; each test says what is different. */
export const control: ArmStory = { arm: 'control', visits: healthy, invariants }

export const untreated: ArmStory = { arm: 'untreated', visits: outage, invariants }

export const treated: ArmStory = { arm: 'treated', visits: healthy, invariants, system: opened }

export function scenario(stories: readonly ArmStory[], differing: Partial<Plan> = {}): ScenarioResult {
  const plan = planOf(differing.checks ?? hypothesis, differing)
  return judgeScenario(
    plan,
    stories.map((story) => judgedArm(plan, story)),
  )
}

export function judgedArm(plan: Plan, story: ArmStory): JudgedArm {
  const record = recordOf(plan, story)
  return { result: { ...judgeArm(record), retries: [] }, served: servedIn(record) }
}

/** The arms as they are, their results changed. */
export function changed(arms: readonly ArmResult[]): JudgedArm[] {
  return arms.map((result) => ({ result, served: new Map() }))
}

export const verdicts: readonly Verdict[] = ['holds', 'inconclusive', 'vacuous', 'deviates']

export const verdict = fc.constantFrom(...verdicts)

/** A story near a given one: each of its parts mostly as it was, else one of those that a journal may also hold. */
export function near(good: ArmStory): fc.Arbitrary<ArmStory> {
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

export const bit = [
  { when: 'before', bites: false },
  { when: 'during', bites: true },
  { when: 'after', bites: false },
] as const

export const stories = fc.tuple(near(control), near(untreated), near(treated))
