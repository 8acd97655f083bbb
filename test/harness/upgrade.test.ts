import { expect, it } from 'vitest'
import type { JournalEvent } from '../../harness/journal/events.ts'
import { upgraded } from '../../harness/journal/upgrade.ts'
import { actsInTurn } from '../../harness/model/acts.ts'
import { planOf } from './checks/journals.ts'

const old = (event: object): JournalEvent => event as JournalEvent

it('what version 2 called a phase is an act', () => {
  const { acts: _, ...plan } = planOf([])
  const phasesMs = { baseline: 1000, fault: 2000, recovery: 500 }
  expect(upgraded(old({ kind: 'scenario.started', at: 1, plan: { ...plan, phasesMs } }), 2)).toEqual({
    kind: 'scenario.started',
    at: 1,
    plan: { ...plan, acts: actsInTurn(phasesMs) },
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
