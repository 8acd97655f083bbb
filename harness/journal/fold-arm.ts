import type { Plan } from '../model/plan.ts'
import type { EventOf, JournalEvent } from './events.ts'
import { Observations } from './observations.ts'
import type { ActionEvent, ArmRecord } from './record.ts'

/** An arm that is folded event by event; its record may be read at any time. */
export interface ArmFold {
  add(event: JournalEvent): void
  record(): ArmRecord
}

/** Builds an arm's record from its journal. */
export function foldArm(plan: Plan, started: EventOf<'arm.started'>): ArmFold {
  const record = begun(plan, started)
  return {
    add(event) {
      const fold = folds[event.kind] as ((record: Growing, event: JournalEvent) => void) | undefined
      fold?.(record, event)
    },
    record: () => ({ ...record }),
  }
}

/** An {@link ArmRecord} that is still being written. */
type Growing = {
  -readonly [K in keyof ArmRecord]: ArmRecord[K] extends readonly (infer E)[]
    ? { -readonly [P in keyof E]: E[P] }[]
    : ArmRecord[K] extends ReadonlyMap<infer N, infer V>
      ? Map<N, V>
      : ArmRecord[K]
}

function begun(plan: Plan, started: EventOf<'arm.started'>): Growing {
  return {
    plan,
    arm: started.arm,
    faultsOn: started.faults,
    measures: [...started.measures],
    beganAt: started.at,
    startedAt: 0,
    acts: [],
    observations: new Map(),
    standstills: [],
    injected: [],
    reverted: [],
    sightings: [],
    actions: [],
    witness: null,
    bites: [],
    removals: [],
    carried: [],
    system: [],
    invariants: new Map(),
    generator: null,
    deaths: [],
    damagedLines: [],
    ended: null,
  }
}

/** Times of an arm count from the start of its first act. */
function timed<E extends JournalEvent>(record: Growing, event: E): E & { readonly ms: number } {
  return { ...event, ms: event.at - record.startedAt }
}

function noteAction(record: Growing, event: ActionEvent): void {
  record.actions.push(timed(record, event))
}

/** What each kind of event adds to the record; what is not here is of the run, not of an arm. */
const folds: { readonly [K in JournalEvent['kind']]?: (record: Growing, event: EventOf<K>) => void } = {
  observation(record, event) {
    let visits = record.observations.get(event.journey)
    if (visits === undefined) {
      visits = new Observations()
      record.observations.set(event.journey, visits)
    }
    visits.add(event, record.startedAt)
  },
  'act.started': (record, { at, act }) => {
    if (record.acts.length === 0) record.startedAt = at
    const fromMs = at - record.startedAt
    record.acts.push({ act, fromMs, toMs: Number.POSITIVE_INFINITY, cpuWaitShare: null, hostBusy: null })
  },
  'act.ended': (record, { at, act, hostBusy = null }) => {
    const ended = record.acts.findLast((one) => one.act === act)
    if (ended !== undefined) Object.assign(ended, { toMs: at - record.startedAt, hostBusy })
  },
  cpu: (record, { act, ranMs, waitedMs }) => {
    const of = record.acts.findLast((one) => one.act === act)
    if (of !== undefined && ranMs + waitedMs > 0) of.cpuWaitShare = waitedMs / (ranMs + waitedMs)
  },
  'harness.stood-still': (record, event) => void record.standstills.push(timed(record, event)),
  'fault.injected': (record, event) => void record.injected.push(timed(record, event)),
  'fault.reverted': (record, event) => void record.reverted.push(timed(record, event)),
  'fault.probed': (record, event) => void record.sightings.push(event),
  'action.done': noteAction,
  'action.seen': noteAction,
  'action.failed': noteAction,
  'action.not-due': noteAction,
  'witness.began': (record, { witness }) => {
    record.witness = witness
  },
  'toxic.bit': (record, event) => void record.bites.push(event),
  'toxic.removed': (record, event) => void record.removals.push(event),
  'link.carried': (record, event) => void record.carried.push(event),
  system: (record, event) => void record.system.push(timed(record, event)),
  invariant: (record, event) => void record.invariants.set(event.name, event),
  generator: (record, event) => {
    if (event.final || record.generator?.final !== true) record.generator = event
  },
  'service.died': (record, event) => void record.deaths.push(event),
  'journal.damaged': (record, { line }) => void record.damagedLines.push(line),
  'arm.ended': (record, event) => {
    record.ended = event
  },
}
