/** The contract of every action: it is not seen before it is done, and is seen to have worked afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ActionContext } from '../../../harness/actions/action-kind.ts'
import { actionKind, actionKinds } from '../../../harness/actions/index.ts'
import { faultLife } from '../../../harness/experiment/timeline.ts'
import { action, cut, replace, restartInTurn } from '../../../harness/index.ts'
import type { JournalEvent } from '../../../harness/journal/events.ts'
import type { WrittenAction } from '../../../harness/model/action.ts'
import type { System } from '../../../harness/model/system.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import { plannedFault } from '../faults/planned-fault.ts'
import { tinySystem } from '../fixtures/tiny-system.ts'

const undo = new AsyncDisposableStack()
const events: JournalEvent[] = []
const spec = plannedFault(cut('front→back'))
let context: ActionContext
/** Injects the fault; it would last for a minute. */
let inject: () => Promise<void>

beforeAll(async () => {
  const logDir = mkdtempSync(join(tmpdir(), 'actions-'))
  undo.defer(() => rmSync(logDir, { recursive: true }))
  const runtime = undo.use(processesRuntime({ toxiproxy: 'embedded' }))
  const signal = new AbortController().signal
  const topology = undo.use(
    await runtime.up(tinySystem, {
      seed: 'actions',
      environment: {},
      logDir,
      signal,
      onSystemEvent: () => {},
      onDeath: () => {},
    }),
  )
  const load = {} as Parameters<typeof faultLife>[1]['load']
  const faults = { topology, load, signal, memory: new Map<string, unknown>() }
  const life = faultLife({ ...spec, fromMs: 0, toMs: 60_000 }, faults, undo, (event) => events.push(event))
  inject = async () => {
    void life.live(performance.timeOrigin + performance.now())
    while (!events.some(({ kind }) => kind === 'fault.injected'))
      await new Promise((soon) => setTimeout(soon, 5))
  }
  context = {
    topology,
    signal,
    memory: new Map(),
    faults: {
      end: () => life.end(),
      async isGone() {
        const { bites, said } = await life.look()
        return { seen: bites === false, said }
      },
    },
  }
})
afterAll(() => undo.disposeAsync())

const planned = ({ times: _, ...written }: WrittenAction) => ({ ...written, at: { ms: 0 } })

it('has a row for every action', () => {
  expect(actionKinds.map(({ name }) => name)).toEqual(['replace', 'restart-in-turn'])
})

it('replace ends a fault before its time, once it is on, and the journal says when', async () => {
  const one = planned(replace('line', { ends: [spec.id] }))
  const kind = actionKind('replace', tinySystem)!
  await expect(kind.do(one, context)).rejects.toThrow(/is not on/)
  await inject()
  expect(await kind.seen(one, context)).toMatchObject({ seen: false })
  await kind.do(one, context)
  expect(await kind.seen(one, context)).toMatchObject({ seen: true })
  const reverted = events.filter((event) => event.kind === 'fault.reverted')
  expect(reverted).toHaveLength(1)
  expect(reverted[0]!.plannedAt).toBeCloseTo(reverted[0]!.at, -2)
  await expect(kind.do(one, context)).rejects.toThrow(/is not on/)
})

it('restart-in-turn gives each service another life, and all answer again', async () => {
  const one = planned(restartInTurn(['front', 'back']))
  const kind = actionKind('restart-in-turn', tinySystem)!
  context.memory.set(
    one.id,
    new Map([
      ['front', await context.topology.control!.life('front')],
      ['back', await context.topology.control!.life('back')],
    ]),
  )
  expect(await kind.seen(one, context)).toMatchObject({
    seen: false,
    said: expect.stringMatching(/front, back/),
  })
  await kind.do(one, context)
  expect(await kind.seen(one, context)).toEqual({ seen: true, said: 'front, back run anew' })
  for (const name of ['front', 'back'])
    expect((await fetch(`${context.topology.direct(name)}/health`)).status).toBe(200)
})

describe('what is wrong with an action is told', () => {
  const around = { system: tinySystem, faults: [spec, { ...spec, id: 'flaps' }, { ...spec, id: 'flaps 2' }] }
  const own: System = {
    ...tinySystem,
    actions: {
      ring: {
        summary: 'rings',
        services: ['bell'],
        problems: ({ times }) => (typeof times === 'number' ? [] : ['times must be a number']),
        do: async () => {},
        seen: async () => ({ seen: true, said: 'it rang' }),
      },
    },
  }
  it.each([
    [replace('line', { ends: [] }), /name the faults/],
    [replace('line', { ends: ['stall nowhere'] }), /there is no such fault; there is cut front→back, flaps/],
    [replace('line', { ends: ['flaps'] }), /repeats: only a fault that is on once/],
    [restartInTurn([]), /name the services/],
    [restartInTurn(['font']), /'font', which is not up/],
    [action('ring', { times: 'two' }), /times must be a number/],
    [action('ring', { times: 2 }), /needs 'bell', which is not up/],
  ])('%j', (written, why) => {
    const said = actionKind(written.action, own)!.problems(planned(written), { ...around, system: own })
    expect(said.join('\n')).toMatch(why)
  })
})
