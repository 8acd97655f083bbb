import { expect, it } from 'vitest'
import type { JournalEvent } from '../../harness/journal/events.ts'
import { upgraded } from '../../harness/journal/upgrade.ts'
import { actsInTurn } from '../../harness/model/acts.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { planOf } from './checks/arm-story.ts'

const old = (event: object): JournalEvent => event as JournalEvent

it('what version 2 called a phase is an act', () => {
  const { acts: _, ...plan } = planOf([])
  const phasesMs = { baseline: 1000, fault: 2000, recovery: 500 }
  expect(upgraded(old({ kind: 'scenario.started', at: 1, plan: { ...plan, phasesMs } }), 2)).toEqual({
    kind: 'scenario.started',
    at: 1,
    plan: {
      ...plan,
      acts: actsInTurn(phasesMs),
      faults: plan.faults.map((one) => ({ ...one, fromMs: one.fromMs + 1000, toMs: one.toMs + 1000 })),
    },
  })
  expect(upgraded(old({ kind: 'phase.started', at: 2, phase: 'fault', plannedAt: 2 }), 2)).toEqual({
    kind: 'act.started',
    at: 2,
    act: 'fault',
    plannedAt: 2,
  })
  expect(upgraded(old({ kind: 'cpu', at: 3, phase: 'fault', ranMs: 1, waitedMs: 2 }), 2)).toEqual({
    kind: 'cpu',
    at: 3,
    act: 'fault',
    ranMs: 1,
    waitedMs: 2,
  })
})

it('what has no phase stays as it is', () => {
  const ready = old({ kind: 'arm.ready', at: 2, tookMs: 3 })
  expect(upgraded(ready, 2)).toEqual(ready)
})

it('faults of version 3 count from the start of the second act, those of version 4 from the arm’s', () => {
  const plan = planOf([], { acts: actsInTurn({ baseline: 1500, fault: 2000, recovery: 500 }) })
  const started = old({ kind: 'scenario.started', at: 1, plan })
  const [{ fromMs, toMs }] = plan.faults as [Plan['faults'][number]]
  const later = { ...plan, faults: [{ ...plan.faults[0], fromMs: fromMs + 1500, toMs: toMs + 1500 }] }
  expect(upgraded(started, 3)).toEqual({ ...started, plan: later })
  expect(upgraded(started, 4)).toEqual(started)
})

it('in version 4 operators did nothing', () => {
  const { actions: _, ...plan } = planOf([])
  const started = old({ kind: 'scenario.started', at: 1, plan })
  expect(upgraded(started, 4)).toEqual({ ...started, plan: { ...plan, actions: [] } })
})
