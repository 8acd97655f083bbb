import type { EventOf, JournalEvent } from '../../journal/events.ts'
import type { Turn } from '../../journal/turns.ts'
import type { Plan } from '../../model/plan.ts'
import { type SpanEvent, spanEvent } from './message.ts'

/** As many events as OpenTelemetry lets a span have by default. */
const mostEvents = 128

/** An act whose lines are still coming. Times are epoch ms. */
export interface GrowingAct {
  readonly name: string
  readonly from: number
  readonly plannedFrom: number
  to?: number
  /** Of the system. */
  readonly events: SpanEvent[]
  /** Events that had no room. */
  dropped: number
}

/** A fault whose lines are still coming. Times are epoch ms. */
export interface GrowingFault {
  readonly from: number
  readonly plannedFrom: number
  readonly to?: number
  /** Null: it was reverted with the arm, not at a time of its own. */
  readonly plannedTo?: number | null
}

/** What an operator did, as far as its lines have come. */
export interface GrowingAction {
  readonly done?: EventOf<'action.done'>
  readonly seen?: EventOf<'action.seen'>
  readonly failed?: EventOf<'action.failed'>
}

/** One attempt of an arm as its lines come: a few entries for each act, fault and action, and no visit. */
export interface ArmTrace {
  readonly turn: Turn
  readonly run: string
  readonly plan: Plan | undefined
  readonly started: EventOf<'arm.started'>
  readonly acts: GrowingAct[]
  readonly faults: Map<string, GrowingFault>
  /** By fault. */
  readonly probes: Map<string, EventOf<'fault.probed'>[]>
  readonly actions: Map<string, GrowingAction>
  readonly events: SpanEvent[]
  /** Spans of visits that were told, and visits that there were. */
  readonly visits: { all: number; told: number }
}

export function armTrace(
  run: string,
  turn: Turn,
  started: EventOf<'arm.started'>,
  plan: Plan | undefined,
): ArmTrace {
  return {
    turn,
    run,
    plan,
    started,
    acts: [],
    faults: new Map(),
    probes: new Map(),
    actions: new Map(),
    events: [],
    visits: { all: 0, told: 0 },
  }
}

/** Takes a line of the arm that is no visit. */
export function noteInArm(arm: ArmTrace, event: JournalEvent): void {
  const note = notes[event.kind] as ((arm: ArmTrace, event: JournalEvent) => void) | undefined
  note?.(arm, event)
}

const notes: { readonly [K in JournalEvent['kind']]?: (arm: ArmTrace, event: EventOf<K>) => void } = {
  'arm.ready': ({ events }, { at, tookMs }) =>
    void events.push(spanEvent(at, 'chaos.arm.ready', { 'chaos.took_ms': tookMs })),
  'act.started': ({ acts }, { at, act, plannedAt }) =>
    void acts.push({ name: act, from: at, plannedFrom: plannedAt, events: [], dropped: 0 }),
  'act.ended': ({ acts }, { at, act }) => {
    const ended = acts.findLast(({ name }) => name === act)
    if (ended !== undefined) ended.to = at
  },
  system: ({ acts }, { at, service, event, facts }) => {
    // Before the first act services come up; what they say then is no part of the story.
    const act = acts.findLast(({ from }) => from <= at)
    if (act === undefined) return
    if (act.events.length === mostEvents) act.dropped++
    else
      act.events.push(
        spanEvent(at, event, { 'chaos.service': service, 'chaos.facts': JSON.stringify(facts) }),
      )
  },
  'fault.injected': ({ faults }, { at, fault, plannedAt }) =>
    void faults.set(fault, { from: at, plannedFrom: plannedAt }),
  'fault.probed': ({ probes }, event) =>
    void probes.set(event.fault, [...(probes.get(event.fault) ?? []), event]),
  'fault.reverted': ({ faults }, { at, fault, plannedAt }) => {
    const growing = faults.get(fault)
    if (growing !== undefined && growing.to === undefined)
      faults.set(fault, { ...growing, to: at, plannedTo: plannedAt })
  },
  'action.done': ({ actions }, event) => void actions.set(event.action, { done: event }),
  'action.seen': ({ actions }, event) =>
    void actions.set(event.action, { ...actions.get(event.action), seen: event }),
  'action.failed': ({ actions }, event) =>
    void actions.set(event.action, { ...actions.get(event.action), failed: event }),
  'action.not-due': ({ events }, { at, action, said }) =>
    void events.push(spanEvent(at, 'chaos.action.not_due', { 'chaos.action': action, 'chaos.said': said })),
  'harness.stood-still': ({ events }, { at, forMs }) =>
    void events.push(spanEvent(at, 'chaos.harness.stood_still', { 'chaos.took_ms': forMs })),
  'service.died': ({ events }, { at, service, code, signal }) =>
    void events.push(
      spanEvent(at, 'chaos.service.died', {
        'chaos.service': service,
        'process.exit.code': code === null ? undefined : BigInt(code),
        'chaos.signal': signal,
      }),
    ),
  invariant: ({ events }, { at, name, checked, violations, said }) =>
    void events.push(
      spanEvent(at, 'chaos.invariant', {
        'chaos.invariant': name,
        'chaos.checked': BigInt(checked),
        'chaos.violations': BigInt(violations),
        'chaos.said': said,
      }),
    ),
}

/** What acts, faults and actions need of their arm. */
export interface Within {
  readonly arm: ArmTrace
  readonly traceId: string
  /** Of the arm. */
  readonly spanId: string
  /** Its end, epoch ms. */
  readonly to: number
}
