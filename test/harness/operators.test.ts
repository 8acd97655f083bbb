/** Operators: what they do comes at its time or after what it waits for, and the journal says what came of it. */
import { expect, it } from 'vitest'
import { createHappenings } from '../../harness/experiment/happenings.ts'
import { operate } from '../../harness/experiment/operators.ts'
import type { JournalEvent } from '../../harness/journal/events.ts'
import type { ActionSpec } from '../../harness/model/action.ts'
import type { OperatorAction } from '../../harness/model/system.ts'
import type { Topology } from '../../harness/model/topology.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

/** Operators of a system with one action, in an arm of so many ms. @param happens after so many ms, an event each */
async function operated(
  actions: readonly ActionSpec[],
  ring: Partial<OperatorAction> = {},
  happens: Readonly<Record<string, number>> = {},
  lastsMs = 400,
) {
  const did: string[] = []
  const happenings = createHappenings()
  const events: JournalEvent[] = []
  const startedAt = Date.now()
  const full: OperatorAction = {
    summary: 'rings',
    do: async (_running, params) => void did.push(String(params.bell)),
    seen: async () => ({ seen: true, said: 'it rang' }),
    ...ring,
  }
  for (const [event, ms] of Object.entries(happens))
    setTimeout(() => happenings.note('event', event, startedAt + ms), ms)
  await operate(actions, {
    topology: { system: { ...tinySystem, actions: { ring: full } } } as unknown as Topology,
    signal: new AbortController().signal,
    memory: new Map(),
    faults: {} as Parameters<typeof operate>[1]['faults'],
    happenings,
    startedAt,
    until: startedAt + lastsMs,
    write: (event) => events.push(event),
  })
  return { did, events, startedAt, kinds: events.map(({ kind }) => kind) }
}

const ring = (id: string, at: ActionSpec['at']): ActionSpec => ({
  action: 'ring',
  id,
  params: { bell: id },
  at,
})

it('an action of a planned time is done then, and seen to have worked', async () => {
  const { did, events, kinds, startedAt } = await operated([ring('a', { ms: 60 })])
  expect(did).toEqual(['a'])
  expect(kinds).toEqual(['action.done', 'action.seen'])
  expect(events[0]).toMatchObject({ action: 'a', plannedAt: startedAt + 60 })
  expect(events[0]!.at).toBeGreaterThanOrEqual(startedAt + 59)
  expect(events[1]).toMatchObject({ action: 'a', seen: true, said: 'it rang' })
})

it('one waits for an event, and another for it to have worked; both count from there', async () => {
  const actions = [
    ring('second', { action: 'first', fromMs: 0, afterMs: 20 }),
    ring('first', { event: 'alarm', fromMs: 0, afterMs: 40 }),
  ]
  const { did, events, startedAt } = await operated(actions, {}, { alarm: 50 })
  expect(did).toEqual(['first', 'second'])
  const done = events.filter((event) => event.kind === 'action.done')
  expect(done[0]!.plannedAt).toBe(startedAt + 90)
  expect(done[1]!.plannedAt).toBeGreaterThanOrEqual(done[0]!.at + 20)
})

it('what came before its act does not count, and what never comes makes it not due', async () => {
  const early = await operated([ring('a', { event: 'alarm', fromMs: 100, afterMs: 0 })], {}, { alarm: 20 })
  expect(early.did).toEqual([])
  expect(early.events).toMatchObject([
    { kind: 'action.not-due', said: expect.stringMatching(/event 'alarm'/) },
  ])
  const late = await operated([ring('a', { event: 'alarm', fromMs: 0, afterMs: 500 })], {}, { alarm: 20 })
  expect(late.kinds).toEqual(['action.not-due'])
  const idle = await operated([
    ring('a', { event: 'alarm', fromMs: 0, afterMs: 0 }),
    ring('b', { action: 'a', fromMs: 0, afterMs: 0 }),
  ])
  expect(idle.kinds).toEqual(['action.not-due', 'action.not-due'])
})

it('one that fails says why, and whatever waits for it is not due', async () => {
  const actions = [ring('a', { ms: 0 }), ring('b', { action: 'a', fromMs: 0, afterMs: 0 })]
  const { events } = await operated(actions, {
    do: async () => {
      throw new Error('the bell is broken')
    },
  })
  expect(events).toMatchObject([
    { kind: 'action.failed', action: 'a', said: 'the bell is broken' },
    { kind: 'action.not-due', action: 'b' },
  ])
})

it('it looks several times, and says so where it never sees it', async () => {
  let looks = 0
  const seen = async () => ({ seen: ++looks >= 3, said: `look ${looks}` })
  expect((await operated([ring('a', { ms: 0 })], { seen })).events.at(-1)).toMatchObject({
    seen: true,
    said: 'look 3',
  })
  const blind = await operated([ring('a', { ms: 0 })], {
    seen: async () => ({ seen: false, said: 'silence' }),
  })
  expect(blind.events.at(-1)).toMatchObject({ kind: 'action.seen', seen: false, said: 'silence' })
})
