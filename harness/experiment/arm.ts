import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError, messageOf } from '../errors.ts'
import type { EventOf, JournalEvent } from '../journal/events.ts'
import type { JournalWriter } from '../journal/writer.ts'
import type { LoadDriver } from '../load/driver.ts'
import { broughtStreams, maxInFlight, steadyStreams } from '../load/streams.ts'
import type { PhaseName } from '../model/acts.ts'
import { type Arm, hasFaults, hasMeasures } from '../model/arms.ts'
import type { LiveTick, LoadPlan } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { Ending } from '../model/result.ts'
import type { System } from '../model/system.ts'
import type { Topology } from '../model/topology.ts'
import type { Runtime } from '../runtimes/runtime.ts'
import { openWitness } from '../toxiproxy/witness/open.ts'
import type { Witness } from '../toxiproxy/witness/witness.ts'
import { watchHostLoad } from './host-load.ts'
import { testimonyOf } from './testimony.ts'
import { faultLife } from './timeline.ts'

/** How long visits under way are waited for at the end of an arm, ms. † ours: twice what the slowest bound allows one. */
const drainMs = 2000
/** Violations of an invariant that the journal spells out; it counts them all. */
const examples = 5

export interface ArmContext {
  readonly plan: Plan
  readonly system: System
  readonly arm: Arm
  readonly seed: string
  readonly runtime: Runtime
  readonly driver: LoadDriver
  readonly journal: JournalWriter
  readonly logDir: string
  readonly signal: AbortSignal
  /** Extra environment by service, beside that of measures: sabotage of guards, in tests. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Called with every journal event but observations, as it is written. */
  onEvent(event: JournalEvent): void
  onTick(tick: LiveTick): void
  progress(message: string): void
  /** `--keep`: shows the network to a person once the arm has ended, and waits until they are done. */
  keep?(topology: Topology, note: (text: string) => void): Promise<void>
  note(text: string): void
}

/**
 * One arm, top to bottom:
 * 1. bring the network up, with or without the measures
 * 2. open the load driver
 * 3. baseline: load, no fault; each fault's probe looks once and must see nothing
 * 4. fault: each fault lives its time: inject … probe … revert, while Toxiproxy itself is heard out
 * 5. recovery: load, no fault; as long in every arm, so that all arms get the same arrivals
 * 6. drain the load, read the ledgers
 * 7. tear down — always, whatever happened above
 */
export async function runArm(context: ArmContext): Promise<Ending> {
  const { plan, system, arm, signal } = context
  const from = performance.now()
  const faults = hasFaults(arm) ? plan.faults : []
  const measures = hasMeasures(arm) ? plan.measures : []
  const plannedMs = plan.phasesMs.baseline + plan.phasesMs.fault + plan.phasesMs.recovery
  const write = (event: JournalEvent): void => {
    context.journal.append(event)
    context.onEvent(event)
  }
  const names = measures.map(({ name }) => name)
  write({
    kind: 'arm.started',
    at: now(),
    scenario: plan.scenario,
    arm,
    measures: names,
    faults: faults.length > 0,
  })

  const end = (outcome: Ending, failure?: unknown): Ending => {
    const detail: Partial<EventOf<'arm.ended'>> =
      failure === undefined
        ? {}
        : {
            error: messageOf(failure),
            ...(failure instanceof HarnessError && { lookAt: [...failure.lookAt] }),
          }
    write({ kind: 'arm.ended', at: now(), outcome, tookMs: performance.now() - from, plannedMs, ...detail })
    return outcome
  }

  const died = new AbortController()
  const armSignal = AbortSignal.any([signal, died.signal])
  try {
    await using undo = new AsyncDisposableStack()
    const topology = undo.use(
      await context.runtime.up(system, {
        seed: context.seed,
        environment: merge(
          ...measures.map((use) => system.measures[use.name]!.environment(use.params)),
          context.environment ?? {},
        ),
        logDir: context.logDir,
        signal: armSignal,
        progress: context.progress,
        onSystemEvent: (event) => write({ kind: 'system', ...event }),
        onDeath: (death) => {
          write({ kind: 'service.died', at: now(), ...death })
          died.abort(
            new HarnessError(
              `${death.service} ended in the middle of the arm (${death.signal ?? `exit code ${death.code}`})`,
              {
                lookAt: [death.log],
              },
            ),
          )
        },
      }),
    )
    const load = undo.use(
      await context.driver.open(loadPlan(context, topology, faults), {
        lines: (chunk) => context.journal.appendLines(chunk),
        tick: context.onTick,
        signal: armSignal,
        adopt: (pid) => topology.adopt(pid),
        died: (error) => died.abort(error),
        logFile: join(context.logDir, 'load.log'),
      }),
    )
    const witness =
      faults.length === 0 ? null : undo.use(await hear(faults, topology, armSignal, write, died))
    write({ kind: 'arm.ready', at: now(), tookMs: performance.now() - from })

    const startedAt = await load.start()
    const ends = phaseEnds(plan, startedAt)
    const lives = faults.map((spec) => faultLife(spec, { topology, load, signal: armSignal }, undo, write))

    const phase = async (name: PhaseName, work: () => Promise<unknown>): Promise<void> => {
      const plannedAt = ends[name] - plan.phasesMs[name]
      await until(plannedAt, armSignal)
      write({ kind: 'phase.started', at: name === 'baseline' ? startedAt : now(), phase: name, plannedAt })
      const busySince = watchHostLoad()
      await Promise.all([work(), until(ends[name], armSignal)])
      const hostBusy = busySince()
      write({ kind: 'phase.ended', at: now(), phase: name, ...(hostBusy !== undefined && { hostBusy }) })
    }
    let living: Promise<unknown> = Promise.resolve()
    await phase('baseline', () => Promise.all(lives.map((life) => life.lookBefore())))
    await phase('fault', async () => {
      living = Promise.all(lives.map((life) => life.live(ends.baseline)))
      // The last look comes after the revert and may reach into the recovery.
      living.catch((error: unknown) => died.abort(error))
      await witness?.ask('before')
    })
    await phase('recovery', () => living)

    context.progress('waiting for the last visits and reading the ledgers')
    await load.drain(drainMs)
    await witness?.ask('after')
    await readInvariants(context, topology, armSignal, write)
    await topology.flushEvents()
    armSignal.throwIfAborted()
    if (context.keep !== undefined) await context.keep(topology, context.note)
    context.progress('taking the network down')
  } catch (error) {
    if (signal.aborted && !(signal.reason instanceof HarnessError)) return end('interrupted')
    return end('failed', armSignal.aborted ? armSignal.reason : error)
  }
  return end('finished')
}

/** Has the Toxiproxy say in the journal what it can of what the faults' toxics do. */
async function hear(
  faults: Plan['faults'],
  topology: Topology,
  signal: AbortSignal,
  write: (event: JournalEvent) => void,
  died: AbortController,
): Promise<Witness> {
  const inTermsOfTheArm = testimonyOf(faults, topology)
  const witness = await openWitness({
    url: topology.toxiproxy.url,
    signal,
    testify(testimony) {
      const event = inTermsOfTheArm(testimony)
      if (event === null) return
      try {
        write(event)
      } catch (error) {
        // It comes whenever Toxiproxy speaks, when nobody else waits for the journal.
        died.abort(error)
      }
    },
  })
  write({ kind: 'witness.began', at: now(), witness: witness.kind })
  return witness
}

function loadPlan({ plan, system, seed }: ArmContext, topology: Topology, faults: Plan['faults']): LoadPlan {
  const dataFile = system.userData === undefined ? undefined : topology.files[system.userData]
  return {
    seed,
    streams: [...steadyStreams(plan), ...broughtStreams(plan, faults)],
    journeysModule: system.journeys.module,
    entrances: Object.fromEntries(
      system.links.filter(({ from }) => from === null).map(({ name }) => [name, topology.link(name).url]),
    ),
    ...(dataFile !== undefined && { dataFile }),
    maxInFlight,
    expects: { phasesMs: plan.phasesMs, checks: plan.checks },
  }
}

async function readInvariants(
  { plan, system }: ArmContext,
  topology: Topology,
  signal: AbortSignal,
  write: (event: JournalEvent) => void,
): Promise<void> {
  const wanted = new Set(
    plan.checks.flatMap(({ params }) => (typeof params.invariant === 'string' ? [params.invariant] : [])),
  )
  await Promise.all(
    [...wanted].map(async (name) => {
      try {
        const facts = await system.invariants[name]!(topology, signal)
        const { checked, violations, said } = facts
        const shown = violations.slice(0, examples)
        write({
          kind: 'invariant',
          at: now(),
          name,
          checked,
          violations: violations.length,
          examples: shown,
          said,
        })
      } catch (error) {
        signal.throwIfAborted()
        throw new HarnessError(`the invariant '${name}' could not be read: ${messageOf(error)}`, {
          cause: error,
        })
      }
    }),
  )
}

function phaseEnds(plan: Plan, startedAt: number): Record<PhaseName, number> {
  const baseline = startedAt + plan.phasesMs.baseline
  const fault = baseline + plan.phasesMs.fault
  return { baseline, fault, recovery: fault + plan.phasesMs.recovery }
}

type Environment = Readonly<Record<string, Readonly<Record<string, string>>>>

function merge(...parts: readonly Environment[]): Environment {
  const merged: Record<string, Record<string, string>> = {}
  for (const part of parts)
    for (const [service, variables] of Object.entries(part))
      merged[service] = { ...merged[service], ...variables }
  return merged
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
