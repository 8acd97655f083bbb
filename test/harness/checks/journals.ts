import type { EventOf, JournalEvent } from '../../../harness/journal/events.ts'
import { foldArm } from '../../../harness/journal/fold-arm.ts'
import type { ArmRecord } from '../../../harness/journal/record.ts'
import { setupOf } from '../../../harness/model/arms.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import {
  type ArmStory,
  armEndMs,
  epoch,
  faultFromMs,
  faultToMs,
  stall,
  type Visits,
  type Witnessed,
  wellThroughout,
} from './arm-story.ts'

/** The journal of one arm, `arm.started` first. */
export function armEvents(plan: Plan, story: ArmStory = {}): JournalEvent[] {
  const arm = story.arm ?? 'treated'
  const faults = setupOf(plan, arm).faults.length > 0
  const observations = (story.visits ?? [wellThroughout]).flatMap(observationsOf)
  const events: JournalEvent[] = []
  const add = (event: JournalEvent): void => void events.push(event)

  for (const event of actEvents(plan, story)) add(event)
  if (story.stoodStillMs !== undefined)
    add({ kind: 'harness.stood-still', at: at(faultFromMs + 1000), forMs: story.stoodStillMs })
  if (faults) for (const event of faultEvents(story)) add(event)
  for (const event of observations) add({ ...event, at: at(event.due + event.tookMs), due: at(event.due) })
  for (const { event, ms } of story.system ?? [])
    add({ kind: 'system', at: at(ms), service: 'saeol', event, facts: {} })
  for (const { action, ms } of story.actions ?? [])
    add({ kind: 'action.done', at: at(ms), action, plannedAt: at(ms), tookMs: 5 })
  for (const [action, said] of Object.entries(story.failed ?? {}))
    add({ kind: 'action.failed', at: at(4000), action, said })
  for (const [action, said] of Object.entries(story.unseen ?? {}))
    add({ kind: 'action.seen', at: at(4000), action, seen: false, said })
  for (const said of story.invariants ?? [])
    add({
      kind: 'invariant',
      at: at(armEndMs),
      name: 'every receipt was entered',
      checked: 0,
      violations: 0,
      examples: [],
      said: 'counted',
      ...said,
    })
  if (story.generator !== null) add(generatorEvent(observations.length, story.generator))
  for (const death of story.deaths ?? []) add({ kind: 'service.died', at: at(4000), ...death })
  const started: JournalEvent = {
    kind: 'arm.started',
    at: at(-1500),
    scenario: plan.scenario,
    arm,
    measures: setupOf(plan, arm).measures.map(({ name }) => name),
    faults,
  }
  const ended: JournalEvent = {
    kind: 'arm.ended',
    at: at(armEndMs + 500),
    outcome: 'finished',
    tookMs: 12_000,
    plannedMs: armEndMs,
    ...story.ended,
  }
  return [started, ...events, ...(story.ended === null ? [] : [ended])]
}

const at = (ms: number): number => epoch + ms

function actEvents(plan: Plan, story: ArmStory): JournalEvent[] {
  const events: JournalEvent[] = []
  const add = (event: JournalEvent): void => void events.push(event)
  for (const { name: act, fromMs, toMs } of plan.acts.slice(0, story.acts ?? plan.acts.length)) {
    add({ kind: 'act.started', at: at(fromMs), act, plannedAt: at(fromMs) })
    add({
      kind: 'act.ended',
      at: at(toMs),
      act,
      ...(story.hostBusy !== undefined && { hostBusy: story.hostBusy }),
    })
    if (story.cpuWaitShare !== undefined)
      add({
        kind: 'cpu',
        at: at(toMs),
        act,
        ranMs: 1000 * (1 - story.cpuWaitShare),
        waitedMs: 1000 * story.cpuWaitShare,
      })
  }
  return events
}

function faultEvents(story: ArmStory): JournalEvent[] {
  const events: JournalEvent[] = []
  const add = (event: JournalEvent): void => void events.push(event)
  const fault = stall.id
  const { injectedMs = faultFromMs, revertedMs = faultToMs } = story
  for (const { when, bites } of story.sightings ?? [
    { when: 'before', bites: false },
    { when: 'during', bites: true },
    { when: 'after', bites: false },
  ])
    add({
      kind: 'fault.probed',
      at: at(1),
      fault,
      when,
      bites,
      said: `looked ${when}`,
      clients: [`${probeClient}/${when}`],
    })
  for (const event of testimonies(story.witness, fault)) add(event)
  if (injectedMs !== null)
    add({ kind: 'fault.injected', at: at(injectedMs), fault, plannedAt: at(faultFromMs) })
  if (revertedMs !== null)
    add({ kind: 'fault.reverted', at: at(revertedMs), fault, plannedAt: at(faultToMs) })
  return events
}

function generatorEvent(due: number, figures: ArmStory['generator']): JournalEvent {
  return {
    kind: 'generator',
    at: at(armEndMs),
    final: true,
    figures: {
      due: due,
      started: due,
      dropped: 0,
      finished: due,
      inFlight: 0,
      lagP50Ms: 0.2,
      lagP99Ms: 2,
      lagMaxMs: 9,
      loopDelayMaxMs: 12,
      ...figures,
    },
  }
}

/** Where the probe comes from while the fault is on. */
const probeClient = 'probe'

export const probeDuring = `${probeClient}/during`

function testimonies(witness: Witnessed | undefined, fault: string): JournalEvent[] {
  if (witness === undefined) return []
  const began: JournalEvent = { kind: 'witness.began', at: epoch - 100, witness: witness.kind }
  if (witness.kind === 'none') return [began]
  if (witness.kind === 'metrics') {
    const { before, after } = witness.carried ?? { before: 1000, after: 5000 }
    const streams = (bytes: number) => ({
      upstream: { receivedBytes: bytes, sentBytes: bytes },
      downstream: { receivedBytes: bytes, sentBytes: bytes / 2 },
    })
    const link = stall.link!
    return [
      began,
      { kind: 'link.carried', at: epoch + faultFromMs, link, when: 'before', streams: streams(before) },
      { kind: 'link.carried', at: epoch + armEndMs, link, when: 'after', streams: streams(after) },
    ]
  }
  const { bitten, missed = [], totals } = witness
  const toxic = 'stall-downstream'
  const bites = bitten.map((client, i): JournalEvent => {
    const at = epoch + faultFromMs + 7 + i
    return { kind: 'toxic.bit', at, fault, toxic, connection: `saeol-to-l4/${i}`, client, how: 'dropped' }
  })
  const all = bitten.length + missed.length
  const removed: JournalEvent = {
    kind: 'toxic.removed',
    at: epoch + faultToMs,
    fault,
    toxic,
    totals: {
      connections: all,
      bittenConnections: all,
      chunks: all,
      bytes: 100 * all,
      delayedChunks: 0,
      slicedChunks: 0,
      answeredRequests: 0,
      droppedBytes: 100 * all,
      cuts: 0,
      firstBiteAtMs: all === 0 ? null : epoch + faultFromMs + 7,
      ...totals,
    },
  }
  return [
    began,
    ...bites,
    ...(missed.length > 0 ? [{ kind: 'witness.missed', at: epoch, events: missed.length } as const] : []),
    ...(totals === null ? [] : [removed]),
  ]
}

function observationsOf(visits: Visits): EventOf<'observation'>[] {
  const { journey, fromMs = 0, toMs = armEndMs, everyMs = 50, tookMs = 100, ok = true } = visits
  const found: EventOf<'observation'>[] = []
  for (let due = fromMs; due < toMs; due += everyMs)
    found.push({
      kind: 'observation',
      at: 0,
      journey,
      stream: visits.stream ?? `${journey}/0`,
      n: Math.round(due / everyMs),
      due,
      lagMs: 0.2,
      tookMs,
      outcome: visits.outcome ?? (ok ? 'certificate' : 'timed-out'),
      ...(visits.took !== undefined && { took: `${visits.took}/${Math.round(due / everyMs)}` }),
      ok,
      steps: { ...visits.steps },
    })
  return found
}

/** The record of one arm, folded from its journal as the judge folds it. */
export function recordOf(plan: Plan, story: ArmStory = {}): ArmRecord {
  const [started, ...events] = armEvents(plan, story)
  const fold = foldArm(plan, started as EventOf<'arm.started'>)
  for (const event of events) fold.add(event)
  return fold.record()
}
