import { expect, it } from 'vitest'
import { type ArmContext, runArm } from '../../harness/experiment/arm.ts'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import type { JournalEvent } from '../../harness/journal/events.ts'
import type { Topology } from '../../harness/model/topology.ts'
import type { UpOptions } from '../../harness/runtimes/runtime.ts'
import { planOptions } from './fixtures/plan-options.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

/** The end of an arm that is interrupted when its network has come up. @param takenDown what taking it down does */
async function endOf(takenDown: (up: UpOptions) => Promise<void>): Promise<JournalEvent> {
  const planned = makePlan(tinyStall, planOptions)
  if ('problems' in planned) throw new Error(planned.problems.join())
  const interrupt = new AbortController()
  const events: JournalEvent[] = []
  const ending = await runArm({
    plan: planned.plan,
    system: tinySystem,
    arm: 'control',
    seed: 's',
    runtime: {
      name: 'processes',
      capabilities: new Set(),
      up: async (_, up) => {
        const network = { files: {}, link: () => ({ url: '' }), [Symbol.asyncDispose]: () => takenDown(up) }
        return network as unknown as Topology
      },
    },
    driver: {
      name: 'interrupted',
      open: async () => {
        interrupt.abort(new Error('interrupted'))
        throw interrupt.signal.reason
      },
    } as unknown as ArmContext['driver'],
    start: { mayComeUp: async () => {}, mayBegin: async () => {} },
    journal: { append: (event: JournalEvent) => void events.push(event) } as ArmContext['journal'],
    logDir: '/nowhere',
    signal: interrupt.signal,
    sabotages: [],
    onEvent() {},
    onTick() {},
    progress() {},
    note() {},
  })
  expect(ending).toBe('interrupted')
  return events.at(-1)!
}

it('an arm that is interrupted says of its end no more than that where all was undone', async () => {
  const end = await endOf(async () => {})
  expect(end).toMatchObject({ kind: 'arm.ended', outcome: 'interrupted' })
  expect(end).not.toHaveProperty('error')
})

it('an arm that is interrupted says what could not be undone', async () => {
  const end = await endOf(async () => {
    throw new Error('the engine does not answer')
  })
  expect(end).toMatchObject({
    kind: 'arm.ended',
    outcome: 'interrupted',
    error: 'the engine does not answer',
  })
})

it('an arm says what its teardown left and could not help, and is no worse for it', async () => {
  const end = await endOf(async ({ left }) => left?.('the engine keeps a network'))
  expect(end).toMatchObject({ kind: 'arm.ended', left: ['the engine keeps a network'] })
  expect(end).not.toHaveProperty('error')
})

it('an arm says both of two things that could not be undone', async () => {
  const end = await endOf(async () => {
    await using undo = new AsyncDisposableStack()
    undo.defer(() => {
      throw new Error('and it does not answer again')
    })
    undo.defer(() => {
      throw new Error('the engine does not answer')
    })
  })
  expect(end).toMatchObject({
    error: 'the engine does not answer; then, while tidying up: and it does not answer again',
  })
})
