import { expect, it } from 'vitest'
import type { JournalEvent } from '../../harness/journal/events.ts'
import { turnsOf } from '../../harness/journal/turns.ts'

const arm = (kind: 'arm.started' | 'arm.turn', name: string) =>
  ({ kind, at: 0, scenario: 'story', arm: name }) as unknown as JournalEvent
const line = { kind: 'act.started', at: 0 } as unknown as JournalEvent

it('tells whose a line is: one object for each attempt, null for lines of the run', () => {
  const turns = turnsOf()
  expect(turns.of({ kind: 'run.ended', at: 0, outcome: 'finished' })).toBeNull()
  const control = turns.of(arm('arm.started', 'control'))
  expect(control).toEqual({ scenario: 'story', arm: 'control', attempt: 1 })
  const treated = turns.of(arm('arm.started', 'treated'))
  expect(turns.of(line)).toBe(treated)
  expect(turns.of(arm('arm.turn', 'control'))).toBe(control)
  expect(turns.of(arm('arm.started', 'control'))).toMatchObject({ arm: 'control', attempt: 2 })
})

it('an arm whose beginning is not there is in its first attempt, and so is the one that begins then', () => {
  const turns = turnsOf()
  const lost = turns.of(arm('arm.turn', 'control'))
  expect(lost).toEqual({ scenario: 'story', arm: 'control', attempt: 1 })
  turns.of(arm('arm.started', 'treated'))
  expect(turns.of(arm('arm.turn', 'control'))).toBe(lost)
  expect(turns.of(arm('arm.started', 'control'))).toMatchObject({ attempt: 1 })
})
