import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError, messageOf } from '../errors.ts'
import type { EventOf, JournalEvent } from '../journal/events.ts'
import type { ArmJournal } from '../journal/writer.ts'
import type { LoadDriver } from '../load/driver.ts'
import { broughtStreams, maxInFlight, steadyStreams } from '../load/streams.ts'
import { armMs, type PlannedAct } from '../model/acts.ts'
import { type Arm, type ArmSetup, setupOf } from '../model/arms.ts'
import type { LiveTick, LoadPlan, LoadRun } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { Ending } from '../model/result.ts'
import type { System } from '../model/system.ts'
import type { Topology } from '../model/topology.ts'
import { tellDeath } from '../runtimes/deaths.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { environmentOf } from './environment.ts'
import { createHappenings, type Happenings } from './happenings.ts'
import { watchHeartbeat } from './heartbeat.ts'
import { readInvariants } from './ledgers.ts'
import { operate } from './operators.ts'
import type { Start } from './starts.ts'
import { hear } from './testimony.ts'
import { type FaultLife, faultLife } from './timeline.ts'

/** At the end of an arm, visits under way get this long to finish, ms. † ours: twice the slowest latency threshold of a check. */
const drainMs = 2000

export interface ArmContext {
  readonly plan: Plan
  readonly system: System
  readonly arm: Arm
  readonly seed: string
  readonly runtime: Runtime
  readonly driver: LoadDriver
  /** Its turn among arms that run side by side. */
  readonly start: Pick<Start, 'mayComeUp' | 'mayBegin'>
  readonly journal: ArmJournal
  readonly logDir: string
  readonly signal: AbortSignal
  /** Names of the system's sabotages that are on: deliberate defects, for `mutate`. */
  readonly sabotages: readonly string[]
  /** Why it is run once more; absent the first time. */
  readonly because?: string
  /** Called with every journal event but observations, as it is written. */
  onEvent(event: JournalEvent): void
  onTick(tick: LiveTick): void
  progress(message: string): void
  /** `--keep`: shows the network to a person once the arm has ended, and waits until they are done. */
  keep?(topology: Topology, note: (text: string) => void): Promise<void>
  note(text: string): void
}

/** What the steps of an arm share. */
interface Running extends ArmContext {
  readonly setup: ArmSetup
  /** Ends with the run, or when something dies in the middle of the arm. */
  readonly armSignal: AbortSignal
  readonly died: AbortController
  readonly undo: AsyncDisposableStack
  /** Takes what the teardown leaves and cannot help, in words. */
  readonly left: string[]
  /** What operators may wait for. */
  readonly happenings: Happenings
  write(event: JournalEvent): void
}

/**
 * One arm, top to bottom:
 * 1. bring the network up, with or without the measures
 * 2. open the load driver
 * 3. baseline: load, no fault; each fault's probe looks once and must see nothing
 * 4. the other acts: inject, probe and revert each fault at its planned time; meanwhile listen to what Toxiproxy reports.
 *    Each is as long in every arm, so that all arms get the same arrivals
 * 5. drain the load, read the ledgers
 * 6. tear down — always, whatever happened above
 */
export async function runArm(context: ArmContext): Promise<Ending> {
  const { plan, arm, signal } = context
  const from = performance.now()
  const setup = setupOf(plan, arm)
  const write = (event: JournalEvent): void => {
    context.journal.append(event)
    context.onEvent(event)
  }
  write({
    kind: 'arm.started',
    at: now(),
    scenario: plan.scenario,
    arm,
    measures: setup.measures.map(({ name }) => name),
    faults: setup.faults.length > 0,
    ...(context.because !== undefined && { because: context.because }),
    ...(context.sabotages.length > 0 && { sabotages: [...context.sabotages] }),
  })

  const died = new AbortController()
  const left: string[] = []
  const end = (outcome: Ending, failure?: unknown): Ending => {
    const tookMs = performance.now() - from
    write({
      kind: 'arm.ended',
      at: now(),
      outcome,
      tookMs,
      plannedMs: armMs(plan.acts),
      ...(left.length > 0 && { left }),
      ...detailOf(failure),
    })
    return outcome
  }
  const armSignal = AbortSignal.any([signal, died.signal])
  let lived = false
  try {
    await using undo = new AsyncDisposableStack()
    await live({ ...context, setup, armSignal, died, undo, left, happenings: createHappenings(), write })
    lived = true
    context.progress('taking the network down')
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof HarnessError))
      return end('interrupted', lived ? error : undoFailure(error))
    return end('failed', armSignal.aborted ? armSignal.reason : error)
  }
  return end('finished')
}

/** The error of the teardown that followed `error`; undefined when the teardown went well. */
function undoFailure(error: unknown): unknown {
  return error instanceof Error && error.name === 'SuppressedError'
    ? (error as SuppressedError).error
    : undefined
}

function detailOf(failure: unknown): Partial<EventOf<'arm.ended'>> {
  if (failure === undefined) return {}
  return {
    error: messageOf(failure),
    ...(failure instanceof HarnessError && { lookAt: [...failure.lookAt] }),
  }
}

/** Steps 1 to 5. Whatever must be undone is pushed on `undo`. */
async function live(running: Running): Promise<void> {
  const { setup, start, armSignal, died, undo, write } = running
  await start.mayComeUp(armSignal)
  const from = performance.now()
  const topology = await bringUp(running)
  const load = await openLoad(running, topology)
  const witness =
    setup.faults.length === 0 ? null : undo.use(await hear(topology, { ...running, faults: setup.faults }))
  write({ kind: 'arm.ready', at: now(), tookMs: performance.now() - from })

  await start.mayBegin(armSignal)
  const startedAt = await load.start()
  using _heartbeat = watchHeartbeat((forMs) => write({ kind: 'harness.stood-still', at: now(), forMs }))
  const { play, looked } = stageOf(running, topology, startedAt)
  const context = { topology, load, signal: armSignal, memory: new Map<string, unknown>() }
  const lives = setup.faults.map((spec) => faultLife(spec, context, undo, write))
  const [baseline, ...story] = running.plan.acts
  await play(baseline!, () => Promise.all(lives.map((life) => life.lookBefore())))
  const living = Promise.all(lives.map((life) => life.live(startedAt)))
  // A fault is probed once more after its revert, which may be in any later act.
  living.catch((error: unknown) => died.abort(error))
  const operated = operateOn(running, { topology, startedAt, lives })
  operated.catch((error: unknown) => died.abort(error))
  for (const act of story)
    await play(act, async () => {
      if (act === story[0]) await witness?.ask('before')
      if (act === story.at(-1)) await Promise.all([living, operated])
    })

  running.progress('waiting for the last visits and reading the ledgers')
  await looked()
  await load.drain(drainMs)
  await witness?.ask('after')
  await readInvariants(running, topology, armSignal, write)
  await topology.flushEvents()
  armSignal.throwIfAborted()
  if (running.keep !== undefined) await running.keep(topology, running.note)
}

async function bringUp(running: Running): Promise<Topology> {
  const { plan, system, setup, sabotages, died, happenings, write } = running
  const topology = await running.runtime.up(system, {
    seed: running.seed,
    sabotages,
    environment: environmentOf(system, { own: plan.environment, measures: setup.measures, sabotages }),
    logDir: running.logDir,
    signal: running.armSignal,
    progress: running.progress,
    left: (message) => {
      running.left.push(message)
      running.note(message)
    },
    onSystemEvent: (event) => {
      write({ kind: 'system', ...event })
      happenings.note('event', event.event, event.at)
    },
    onDeath: (death) => {
      write({ kind: 'service.died', at: now(), ...death })
      died.abort(tellDeath(death, 'in the middle of the arm'))
    },
  })
  return running.undo.use(topology)
}

async function openLoad(running: Running, topology: Topology): Promise<LoadRun> {
  const { journal, died } = running
  const load = await running.driver.open(loadPlan(running, topology), {
    lines: (chunk) => journal.appendLines(chunk),
    tick: running.onTick,
    signal: running.armSignal,
    adopt: (pid) => topology.adopt(pid),
    died: (error) => died.abort(error),
    logFile: join(running.logDir, 'load.log'),
  })
  return running.undo.use(load)
}

/** What operators do, from the first act's end to the last one's. */
function operateOn(
  { setup, plan, armSignal, happenings, write }: Running,
  stage: { topology: Topology; startedAt: number; lives: readonly FaultLife[] },
): Promise<void> {
  const { topology, startedAt, lives } = stage
  const lifeOf = (id: string): FaultLife => lives[setup.faults.findIndex((spec) => spec.id === id)]!
  return operate(setup.actions, {
    topology,
    signal: armSignal,
    memory: new Map(),
    faults: {
      end: (id) => lifeOf(id).end(),
      async isGone(id) {
        const { bites, said } = await lifeOf(id).look()
        return { seen: bites === false, said: `${id}: ${said}` }
      },
    },
    happenings,
    startedAt,
    until: startedAt + armMs(plan.acts),
    write,
  })
}

/** Plays acts, each at its planned time. An act ends when its time is over and its work is done. */
function stageOf({ armSignal, write }: Running, topology: Topology, startedAt: number) {
  const looks: Promise<void>[] = []
  const play = async ({ name, fromMs, toMs }: PlannedAct, work: () => Promise<unknown>): Promise<void> => {
    const plannedAt = startedAt + fromMs
    await until(plannedAt, armSignal)
    write({ kind: 'act.started', at: fromMs === 0 ? startedAt : now(), act: name, plannedAt })
    // Not awaited here: reading the CPU times takes a moment, and must not delay an injection.
    const waiting = topology.watchCpuWait()
    await Promise.all([work(), until(startedAt + toMs, armSignal)])
    write({ kind: 'act.ended', at: now(), act: name })
    looks.push(
      waiting.then(async (since) => {
        const cpu = await since()
        if (cpu !== undefined) write({ kind: 'cpu', at: now(), act: name, ...cpu })
      }),
    )
  }
  return { play, looked: () => Promise.all(looks) }
}

function loadPlan({ plan, system, seed, setup }: Running, topology: Topology): LoadPlan {
  const dataFile = system.userData === undefined ? undefined : topology.files[system.userData]
  return {
    seed,
    streams: [...steadyStreams(plan), ...broughtStreams(setup.faults)],
    journeysModule: system.journeys.module,
    entrances: Object.fromEntries(
      system.links.filter(({ from }) => from === null).map(({ name }) => [name, topology.link(name).url]),
    ),
    ...(dataFile !== undefined && { dataFile }),
    maxInFlight,
    expects: { acts: plan.acts, checks: plan.checks },
  }
}

/** Epoch ms with the resolution of the performance clock. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

async function until(at: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const waitMs = at - now()
  if (waitMs > 0) await sleep(waitMs, undefined, { signal })
}
