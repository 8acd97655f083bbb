import type { PhaseName } from '../model/acts.ts'
import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { WitnessKind } from '../model/toxics.ts'
import type { EventOf, JournalEvent } from './events.ts'

/**
 * One arm as its journal tells it, folded into columns: what checks are judged from. Times are ms from the start of
 * the arm's first phase unless they are named `at`.
 */
export interface ArmRecord {
  readonly plan: Plan
  readonly arm: Arm
  readonly faultsOn: boolean
  readonly measures: readonly string[]
  /** Epoch ms: its network begins to come up. */
  readonly beganAt: number
  /** Epoch ms of the first phase's start; 0 while no phase has begun. */
  readonly startedAt: number
  readonly readyMs: number | null
  readonly phases: readonly {
    readonly phase: PhaseName
    readonly fromMs: number
    readonly toMs: number
    /** Share of the time in which the arm's threads had work that they waited for a CPU, 0 to 1; null where it is not known. */
    readonly cpuWaitShare: number | null
    /** Share of the host's CPU time in use, 0 to 1, of older journals; else null. */
    readonly hostBusy: number | null
  }[]
  readonly observations: ReadonlyMap<string, Observations>
  /** Times in which the harness itself stood still. */
  readonly standstills: readonly (EventOf<'harness.stood-still'> & { readonly ms: number })[]
  readonly injected: readonly (EventOf<'fault.injected'> & { readonly ms: number })[]
  readonly reverted: readonly (EventOf<'fault.reverted'> & { readonly ms: number })[]
  readonly sightings: readonly EventOf<'fault.probed'>[]
  /** Null: nobody asked the Toxiproxy, or the journal is older than that. */
  readonly witness: WitnessKind | null
  readonly bites: readonly EventOf<'toxic.bit'>[]
  readonly removals: readonly EventOf<'toxic.removed'>[]
  readonly carried: readonly EventOf<'link.carried'>[]
  readonly system: readonly (EventOf<'system'> & { readonly ms: number })[]
  readonly invariants: ReadonlyMap<string, EventOf<'invariant'>>
  readonly generator: EventOf<'generator'> | null
  readonly deaths: readonly EventOf<'service.died'>[]
  /** Lines of the journal that could not be read and lie among this arm's. */
  readonly damagedLines: readonly number[]
  readonly ended: EventOf<'arm.ended'> | null
}

/** One journey's observations, a column each; row i of every column is the same visit. */
export class Observations {
  size = 0
  /** Intended start, ms from the arm's start. */
  dueMs = new Float64Array(256)
  /** From the intended start to the outcome, ms. */
  tookMs = new Float64Array(256)
  ok = new Uint8Array(256)
  arrival = new Uint32Array(256)
  private outcomeIndex = new Uint16Array(256)
  private streamIndex = new Uint16Array(256)
  private readonly streamNames: string[] = []
  private readonly outcomeNames: string[] = []
  private readonly tookNames = new Map<number, string>()
  private readonly stepColumns = new Map<string, Float64Array>()

  add(event: EventOf<'observation'>, startedAt: number): void {
    if (this.size === this.dueMs.length) this.grow()
    const row = this.size++
    this.dueMs[row] = event.due - startedAt
    this.tookMs[row] = event.tookMs
    this.ok[row] = event.ok ? 1 : 0
    this.arrival[row] = event.n
    let outcome = this.outcomeNames.indexOf(event.outcome)
    if (outcome < 0) outcome = this.outcomeNames.push(event.outcome) - 1
    this.outcomeIndex[row] = outcome
    let stream = this.streamNames.indexOf(event.stream)
    if (stream < 0) stream = this.streamNames.push(event.stream) - 1
    this.streamIndex[row] = stream
    if (event.took !== undefined) this.tookNames.set(row, event.took)
    for (const name in event.steps) {
      let column = this.stepColumns.get(name)
      if (column === undefined) {
        column = new Float64Array(this.dueMs.length).fill(Number.NaN)
        this.stepColumns.set(name, column)
      }
      column[row] = event.steps[name]!
    }
  }

  outcome(row: number): string {
    return this.outcomeNames[this.outcomeIndex[row]!]!
  }

  /** What the user took home, by the name of its record; undefined where the journey did not say. */
  took(row: number): string | undefined {
    return this.tookNames.get(row)
  }

  /** The stream of arrivals the visit belongs to; with `arrival` it names the visit, alike in every arm. */
  stream(row: number): string {
    return this.streamNames[this.streamIndex[row]!]!
  }

  /** A step's own duration in ms; NaN where the visit did not come that far. */
  stepMs(step: string, row: number): number {
    return this.stepColumns.get(step)?.[row] ?? Number.NaN
  }

  private grow(): void {
    const length = this.dueMs.length * 2
    this.dueMs = enlarge(this.dueMs, new Float64Array(length))
    this.tookMs = enlarge(this.tookMs, new Float64Array(length))
    this.ok = enlarge(this.ok, new Uint8Array(length))
    this.arrival = enlarge(this.arrival, new Uint32Array(length))
    this.outcomeIndex = enlarge(this.outcomeIndex, new Uint16Array(length))
    this.streamIndex = enlarge(this.streamIndex, new Uint16Array(length))
    for (const [name, column] of this.stepColumns)
      this.stepColumns.set(name, enlarge(column, new Float64Array(length).fill(Number.NaN)))
  }
}

function enlarge<A extends Float64Array | Uint8Array | Uint16Array | Uint32Array>(from: A, to: A): A {
  to.set(from)
  return to
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Builds an arm's record event by event; `record()` may be read at any time. */
export function foldArm(
  plan: Plan,
  started: EventOf<'arm.started'>,
): { add(event: JournalEvent): void; record(): ArmRecord } {
  let startedAt = 0
  let readyMs: number | null = null
  const phases: Mutable<ArmRecord['phases'][number]>[] = []
  const observations = new Map<string, Observations>()
  const standstills: ArmRecord['standstills'][number][] = []
  const injected: ArmRecord['injected'][number][] = []
  const reverted: ArmRecord['reverted'][number][] = []
  const sightings: EventOf<'fault.probed'>[] = []
  let witness: WitnessKind | null = null
  const bites: EventOf<'toxic.bit'>[] = []
  const removals: EventOf<'toxic.removed'>[] = []
  const carried: EventOf<'link.carried'>[] = []
  const system: ArmRecord['system'][number][] = []
  const invariants = new Map<string, EventOf<'invariant'>>()
  let generator: EventOf<'generator'> | null = null
  const deaths: EventOf<'service.died'>[] = []
  const damagedLines: number[] = []
  let ended: EventOf<'arm.ended'> | null = null

  const add = (event: JournalEvent): void => {
    switch (event.kind) {
      case 'observation': {
        let table = observations.get(event.journey)
        if (table === undefined) {
          table = new Observations()
          observations.set(event.journey, table)
        }
        table.add(event, startedAt)
        break
      }
      case 'arm.ready':
        readyMs = event.tookMs
        break
      case 'phase.started':
        if (phases.length === 0) startedAt = event.at
        phases.push({
          phase: event.phase,
          fromMs: event.at - startedAt,
          toMs: Number.POSITIVE_INFINITY,
          cpuWaitShare: null,
          hostBusy: null,
        })
        break
      case 'phase.ended': {
        const phase = phases.findLast((p) => p.phase === event.phase)
        if (phase === undefined) break
        phase.toMs = event.at - startedAt
        phase.hostBusy = event.hostBusy ?? null
        break
      }
      case 'cpu': {
        const phase = phases.findLast((p) => p.phase === event.phase)
        const wantedMs = event.ranMs + event.waitedMs
        if (phase !== undefined && wantedMs > 0) phase.cpuWaitShare = event.waitedMs / wantedMs
        break
      }
      case 'harness.stood-still':
        standstills.push({ ...event, ms: event.at - startedAt })
        break
      case 'fault.injected':
        injected.push({ ...event, ms: event.at - startedAt })
        break
      case 'fault.reverted':
        reverted.push({ ...event, ms: event.at - startedAt })
        break
      case 'fault.probed':
        sightings.push(event)
        break
      case 'witness.began':
        witness = event.witness
        break
      case 'toxic.bit':
        bites.push(event)
        break
      case 'toxic.removed':
        removals.push(event)
        break
      case 'link.carried':
        carried.push(event)
        break
      case 'system':
        system.push({ ...event, ms: event.at - startedAt })
        break
      case 'invariant':
        invariants.set(event.name, event)
        break
      case 'generator':
        if (event.final || generator === null || !generator.final) generator = event
        break
      case 'service.died':
        deaths.push(event)
        break
      case 'journal.damaged':
        damagedLines.push(event.line)
        break
      case 'arm.ended':
        ended = event
        break
    }
  }

  const record = (): ArmRecord => ({
    plan,
    arm: started.arm,
    faultsOn: started.faults,
    measures: started.measures,
    beganAt: started.at,
    startedAt,
    readyMs,
    phases,
    observations,
    standstills,
    injected,
    reverted,
    sightings,
    witness,
    bites,
    removals,
    carried,
    system,
    invariants,
    generator,
    deaths,
    damagedLines,
    ended,
  })
  return { add, record }
}
