import { expect, it } from 'vitest'
import { never } from '../../../harness/checks/never.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import { counter, planOf, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'
import { ledger, service, whole } from './an-arm.ts'

it('a baseline is not unsteady where a visit came to what a guard of this arm forbids: that is the guard’s finding', () => {
  const letIn = { journey: counter, toMs: 250, ok: false, outcome: 'let-in' }
  const visits: Visits[] = [letIn, { journey: counter, fromMs: 250 }]
  const guard = never(counter, { outcome: 'let-in', atLeast: 5, source: '† ours', sabotages: ['open'] })
  const result = judgeArm(recordOf(planOf([service, ledger, guard]), { ...whole, visits }))
  expect(result.voids).toEqual([])
  expect(result).toMatchObject({ verdict: 'deviates' })
  const elsewhere = { ...guard, where: { fault: false } }
  expect(judgeArm(recordOf(planOf([service, ledger, elsewhere]), { ...whole, visits })).voids).toEqual([
    expect.objectContaining({ said: expect.stringMatching(/^baseline gate: 35 of 40 visits/) }),
  ])
})
