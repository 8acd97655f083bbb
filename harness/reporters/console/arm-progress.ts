import { armMs, type PlannedAct } from '../../model/acts.ts'
import type { Arm } from '../../model/arms.ts'
import type { LiveTick } from '../../model/load.ts'
import type { Plan } from '../../model/plan.ts'

/** What can be seen of a running arm so far. Times are ms from the start of its first act. */
export interface ArmProgress {
  readonly plan: Plan
  readonly arm: Arm
  readonly plannedMs: number
  readonly acts: readonly PlannedAct[]
  readonly act: string | null
  /** What it is busy with while no act runs, and since when (epoch ms). */
  readonly busyWith: { readonly message: string; readonly since: number } | null
  readonly journeys: readonly JourneyProgress[]
  readonly faults: readonly { readonly fault: string; readonly fromMs: number; toMs: number | null }[]
  /** What happened last: faults and system events; an event that comes again and again is one of them. */
  readonly happenings: readonly Happening[]
  /** @returns null while no act has begun. */
  elapsedMs(at: number): number | null
}

export interface Happening {
  readonly ms: number | null
  readonly kind: 'fault' | 'action' | 'event'
  readonly who: string
  readonly what: string
  readonly detail: string
  /** How often it has come in this arm; absent: once. Time and detail are those of the last. */
  readonly times?: number
}

export interface JourneyProgress {
  readonly name: string
  /** The arm's planned length in equal slots. */
  readonly slots: readonly Slot[]
  /** The last second or two; null before the first tick. */
  readonly now: {
    readonly perSecond: number
    readonly success: number | null
    readonly p95Ms: number | null
  } | null
  readonly total: { arrived: number; ok: number; failed: number }
  /** By act, so that each one's share can be told when it is over. */
  readonly byAct: ReadonlyMap<string, { arrived: number; ok: number; failed: number }>
}

export interface Slot {
  arrived: number
  ok: number
  failed: number
  p95Ms: number
}

const slotCount = 240
const happeningsKept = 4
const nowMs = 1500

/** A stretch of an arm, ms from its start, and the arm's planned length. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
  readonly plannedMs: number
}

type Now = { at: number; lengthMs: number; arrived: number; ok: number; failed: number; p95Ms: number }

interface MutableJourney extends JourneyProgress {
  readonly slots: Slot[]
  now: JourneyProgress['now']
  readonly byAct: Map<string, { arrived: number; ok: number; failed: number }>
  readonly recent: Now[]
}

/** Follows one arm from its events. `at` is epoch ms, here and below. */
export function followArm(plan: Plan, arm: Arm, at: number) {
  const journeys: MutableJourney[] = plan.load.map((stream) => newJourney(stream.journey))
  const plannedMs = armMs(plan.acts)
  const faults: { fault: string; fromMs: number; toMs: number | null }[] = []
  const happenings: Happening[] = []
  let startedAt: number | null = null
  let act: string | null = null
  let busyWith: ArmProgress['busyWith'] = { message: 'starting the network', since: at }
  let lastTickAt = 0

  const elapsedMs = (at: number): number | null => (startedAt === null ? null : at - startedAt)

  return {
    progress: (): ArmProgress => ({
      plan,
      arm,
      plannedMs,
      acts: plan.acts,
      act,
      busyWith,
      journeys,
      faults,
      happenings,
      elapsedMs,
    }),
    elapsedMs,
    busy(message: string, at: number): void {
      busyWith = { message, since: at }
    },
    actStarted(name: string, at: number): void {
      if (startedAt === null) {
        startedAt = at
        lastTickAt = at
      }
      act = name
      busyWith = null
    },
    injected(fault: string, at: number): void {
      faults.push({ fault, fromMs: elapsedMs(at) ?? 0, toMs: null })
    },
    reverted(fault: string, at: number): void {
      const open = faults.findLast((f) => f.fault === fault && f.toMs === null)
      if (open !== undefined) open.toMs = elapsedMs(at) ?? 0
    },
    happened: (happening: Happening): void => keep(happenings, happening),
    tick(tick: LiveTick): void {
      if (startedAt === null) return
      const span = { fromMs: lastTickAt - startedAt, toMs: tick.at - startedAt, plannedMs }
      for (const [name, figures] of Object.entries(tick.journeys))
        count(journeyNamed(journeys, name), figures, { at: tick.at, act, span })
      lastTickAt = tick.at
    },
  }
}

/** Of events that come again the last stands for all; so one that goes on and on floods no other out. */
function keep(happenings: Happening[], happening: Happening): void {
  const before = happenings.findIndex(
    ({ kind, who, what }) =>
      kind === 'event' && happening.kind === 'event' && who === happening.who && what === happening.what,
  )
  const [same] = before < 0 ? [] : happenings.splice(before, 1)
  happenings.push(same === undefined ? happening : { ...happening, times: (same.times ?? 1) + 1 })
  if (happenings.length > happeningsKept) happenings.shift()
}

function journeyNamed(journeys: MutableJourney[], name: string): MutableJourney {
  const known = journeys.find((journey) => journey.name === name)
  if (known !== undefined) return known
  const added = newJourney(name)
  journeys.push(added)
  return added
}

/** What one tick told of a journey. */
function count(
  journey: MutableJourney,
  figures: LiveTick['journeys'][string],
  { at, act, span }: { at: number; act: string | null; span: Span },
): void {
  addTo(journey.total, figures)
  if (act !== null) {
    const sum = journey.byAct.get(act) ?? { arrived: 0, ok: 0, failed: 0 }
    journey.byAct.set(act, addTo(sum, figures))
  }
  spread(journey.slots, figures, span)
  journey.recent.push({ at, lengthMs: Math.max(1, span.toMs - span.fromMs), ...figures })
  while (journey.recent.length > 1 && journey.recent[0]!.at <= at - nowMs) journey.recent.shift()
  journey.now = nowOf(journey.recent)
}

function newJourney(name: string): MutableJourney {
  return {
    name,
    slots: Array.from({ length: slotCount }, () => ({ arrived: 0, ok: 0, failed: 0, p95Ms: 0 })),
    now: null,
    total: { arrived: 0, ok: 0, failed: 0 },
    byAct: new Map(),
    recent: [],
  }
}

function addTo<T extends { arrived: number; ok: number; failed: number }>(
  sum: T,
  figures: { arrived: number; ok: number; failed: number },
): T {
  sum.arrived += figures.arrived
  sum.ok += figures.ok
  sum.failed += figures.failed
  return sum
}

/** A tick speaks of all the time since the last one, so it is shared out over the slots of that time. */
function spread(
  slots: readonly Slot[],
  figures: { arrived: number; ok: number; failed: number; p95Ms: number },
  { fromMs, toMs, plannedMs }: Span,
): void {
  const slotAt = (ms: number): number =>
    Math.min(slotCount - 1, Math.max(0, Math.floor((ms / Math.max(1, plannedMs)) * slotCount)))
  const first = slotAt(fromMs)
  const last = Math.max(first, slotAt(toMs - 1))
  const share = 1 / (last - first + 1)
  for (const slot of slots.slice(first, last + 1)) {
    slot.arrived += figures.arrived * share
    slot.ok += figures.ok * share
    slot.failed += figures.failed * share
    if (figures.ok + figures.failed > 0 && figures.p95Ms > slot.p95Ms) slot.p95Ms = figures.p95Ms
  }
}

function nowOf(recent: readonly Now[]): JourneyProgress['now'] {
  const sum = { arrived: 0, ok: 0, failed: 0 }
  let lengthMs = 0
  let p95Ms: number | null = null
  for (const tick of recent) {
    addTo(sum, tick)
    lengthMs += tick.lengthMs
    if (tick.ok + tick.failed > 0 && Number.isFinite(tick.p95Ms)) p95Ms = Math.max(p95Ms ?? 0, tick.p95Ms)
  }
  const finished = sum.ok + sum.failed
  return {
    perSecond: (sum.arrived * 1000) / lengthMs,
    success: finished === 0 ? null : sum.ok / finished,
    p95Ms,
  }
}
