import type { EventOf, JournalEvent } from '../../../harness/journal/events.ts'
import { foldArm } from '../../../harness/journal/fold-arm.ts'
import type { ArmRecord } from '../../../harness/journal/record.ts'
import { actsInTurn } from '../../../harness/model/acts.ts'
import { type Arm, setupOf } from '../../../harness/model/arms.ts'
import type { CheckSpec } from '../../../harness/model/check.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { GeneratorFigures } from '../../../harness/model/load.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { ToxicTotals } from '../../../harness/model/toxics.ts'

/** Visits at even gaps, all alike; several of these make an arm's load. Times are ms from the arm's start. */
export interface Visits {
  readonly journey: string
  /** The stream of arrivals; default: the journey's steady one. */
  readonly stream?: string
  readonly fromMs?: number
  readonly toMs?: number
  readonly everyMs?: number
  readonly outcome?: string
  readonly ok?: boolean
  readonly tookMs?: number
  readonly steps?: Readonly<Record<string, number>>
  /** Each visit takes something home, named by this and its number. */
  readonly took?: string
}

/** An arm written by hand: what is not said is what a healthy, finished arm shows. */
export interface ArmStory {
  readonly arm?: Arm
  readonly visits?: readonly Visits[]
  /** System events at ms from the arm's start. */
  readonly system?: readonly { readonly event: string; readonly ms: number }[]
  readonly invariants?: readonly Partial<EventOf<'invariant'>>[]
  readonly generator?: Partial<GeneratorFigures> | null
  readonly injectedMs?: number | null
  readonly revertedMs?: number | null
  readonly sightings?: readonly Pick<EventOf<'fault.probed'>, 'when' | 'bites'>[]
  /** What the Toxiproxy says of the fault; it is not asked unless it is said. */
  readonly witness?: Witnessed
  readonly deaths?: readonly Pick<EventOf<'service.died'>, 'service' | 'code' | 'signal' | 'log'>[]
  readonly ended?: Partial<EventOf<'arm.ended'>> | null
  /** Acts it came to; all three unless it is said. */
  readonly acts?: number
  /** Share of the time with work in which a CPU was waited for, in each act; not told when not given. */
  readonly cpuWaitShare?: number
  /** The same of an older journal: share of the host's CPU time in use. */
  readonly hostBusy?: number
  /** How long the harness stood still in the fault, ms. */
  readonly stoodStillMs?: number
}

/** `bitten`: clients whose connections the fault's toxic bit; the probe's is `probe`. */
export type Witnessed =
  | {
      readonly kind: 'events'
      readonly bitten: readonly string[]
      readonly totals?: Partial<ToxicTotals> | null
      /** Of these bites nothing was heard. */
      readonly missed?: readonly string[]
    }
  | { readonly kind: 'metrics'; readonly carried?: { readonly before: number; readonly after: number } }
  | { readonly kind: 'none' }

const epoch = Date.UTC(2023, 10, 17, 8, 40)

/** Baseline to 2 s, fault to 6 s, recovery to 10 s. */
export const acts = actsInTurn({ baseline: 2000, fault: 4000, recovery: 4000 })
export const faultFromMs = 2000
export const faultToMs = 6000
export const armEndMs = 10_000

export const stall: FaultSpec = {
  kind: 'stall',
  id: 'stall saeol→l4',
  fromMs: faultFromMs,
  toMs: faultToMs,
  link: 'saeol→l4',
  params: {},
}

export const counter = 'visitor-at-counter'
export const notices = 'official-reads-notices'

export function planOf(checks: readonly CheckSpec[], differing: Partial<Plan> = {}): Plan {
  const plan: Plan = {
    scenario: '17-nov-gpki-stall',
    title: '17 Nov 08:40 — GPKI accepts connections and never answers',
    facts: ['T2', 'F4'],
    system: 'administrative-network',
    knobs: {},
    acts,
    load: [{ journey: counter, perSecond: [20, 20], process: 'regular' }],
    faults: [stall],
    measures: [{ name: 'password-fallback', params: {} }],
    without: [],
    faultsOn: true,
    checks,
    baselineAtLeast: 0.9,
    ...differing,
  }
  // As makePlan does.
  return plan.faultsOn ? plan : { ...plan, faults: [] }
}

/** Twenty visits a second, all of them well, from start to end. */
export const wellThroughout: Visits = { journey: counter }

/** The journal of one arm, `arm.started` first. */
export function armEvents(plan: Plan, story: ArmStory = {}): JournalEvent[] {
  const arm = story.arm ?? 'treated'
  const faults = setupOf(plan, arm).faults.length > 0
  const at = (ms: number): number => epoch + ms
  const fault = stall.id
  const { injectedMs = faultFromMs, revertedMs = faultToMs } = story
  const observations = (story.visits ?? [wellThroughout]).flatMap(observationsOf)
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
  if (story.stoodStillMs !== undefined)
    add({ kind: 'harness.stood-still', at: at(faultFromMs + 1000), forMs: story.stoodStillMs })
  if (faults) {
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
  }
  for (const event of observations) add({ ...event, at: at(event.due + event.tookMs), due: at(event.due) })
  for (const { event, ms } of story.system ?? [])
    add({ kind: 'system', at: at(ms), service: 'saeol', event, facts: {} })
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
  if (story.generator !== null)
    add({
      kind: 'generator',
      at: at(armEndMs),
      final: true,
      figures: {
        due: observations.length,
        started: observations.length,
        dropped: 0,
        finished: observations.length,
        inFlight: 0,
        lagP50Ms: 0.2,
        lagP99Ms: 2,
        lagMaxMs: 9,
        loopDelayMaxMs: 12,
        ...story.generator,
      },
    })
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

/** A whole run's journal, a story an arm. */
export function runEvents(
  plans: readonly { readonly plan: Plan; readonly arms: readonly ArmStory[] }[],
  ended: 'finished' | 'interrupted' | 'failed' | null = 'finished',
): JournalEvent[] {
  return [
    {
      kind: 'run.started',
      at: epoch - 2000,
      version: 1,
      run: '20231117-084000-abcd',
      seed: 'november',
      project: '0.1.0',
      node: 'v24.0.0',
      host: { platform: 'linux', cpus: 2, memoryMiB: 4096 },
      runtime: 'processes',
      driver: 'builtin',
      toxiproxy: 'embedded',
    },
    ...plans.flatMap(({ plan, arms }): JournalEvent[] => [
      { kind: 'scenario.started', at: epoch - 1800, plan },
      ...arms.flatMap((story) => armEvents(plan, story)),
    ]),
    ...(ended === null ? [] : [{ kind: 'run.ended', at: epoch + 60_000, outcome: ended } as const]),
  ]
}
