import type { Within } from './arm-trace.ts'
import { spanIdOf } from './ids.ts'
import { attributes, internal, lasting, type Span, sampledFlag } from './message.ts'

/** A span for each act, with what the system told in it. */
export function actSpans({ arm, traceId, spanId, to }: Within): Span[] {
  return arm.acts.map((act, i) => ({
    traceId,
    spanId: actSpanId(arm, i),
    parentSpanId: spanId,
    name: act.name.toWellFormed(),
    kind: internal,
    flags: sampledFlag,
    ...lasting(act.from, act.to ?? to),
    attributes: attributes({
      'chaos.act': act.name,
      'chaos.planned_from': new Date(act.plannedFrom).toISOString(),
      'chaos.late_ms': act.from - act.plannedFrom,
    }),
    events: act.events,
    droppedEventsCount: act.dropped,
  }))
}

/** The span of the act that was under way then; of the arm where none was. */
export function actSpanAt({ arm, spanId }: Within, at: number): string {
  const i = arm.acts.findLastIndex(({ from }) => from <= at)
  return i < 0 ? spanId : actSpanId(arm, i)
}

function actSpanId({ run, turn, acts }: Within['arm'], i: number): string {
  return spanIdOf(run, turn.scenario, turn.arm, turn.attempt, 'act', i, acts[i]!.name)
}
