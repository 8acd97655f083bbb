/** An arm of the tests, judged. */
import { invariant } from '../../../harness/checks/invariant.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import { type ArmStory, counter, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

export const source = '† ours'

export const service = successRate(counter, {
  atLeast: 0.9,
  during: 'fault',
  title: 'the counter serves',
  source,
})

export const ledger = invariant('every receipt was entered', { sabotages: ['loses receipts'], source })

export const whole = { invariants: [{ checked: 12 }] }

export const collapse: readonly Visits[] = [
  { journey: counter, toMs: 2000 },
  { journey: counter, fromMs: 2000, toMs: 6000, ok: false },
  { journey: counter, fromMs: 6000 },
]

export function judged(story: ArmStory, differing: Partial<Plan> = {}) {
  return judgeArm(recordOf(planOf([service, ledger], differing), { ...whole, ...story }))
}
