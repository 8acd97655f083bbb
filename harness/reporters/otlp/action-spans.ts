import { actSpanAt } from './act-spans.ts'
import type { GrowingAction, Within } from './arm-trace.ts'
import { spanIdOf } from './ids.ts'
import { attributes, failed, internal, lasting, type Span, sampledFlag, spanEvent } from './message.ts'

/** A span for each action, as long as it took; of one that failed only the moment is known. */
export function actionSpans(within: Within): Span[] {
  return [...within.arm.actions].flatMap(([id, action]) => actionSpan(within, id, action))
}

function actionSpan(within: Within, id: string, action: GrowingAction): Span[] {
  const { run, turn } = within.arm
  const { done, seen } = action
  const at = done?.at ?? action.failed?.at
  if (at === undefined) return []
  const unseen = seen?.seen === false ? `not seen to have worked: ${seen.said}` : undefined
  const wrong = action.failed?.said ?? unseen
  return [
    {
      traceId: within.traceId,
      spanId: spanIdOf(run, turn.scenario, turn.arm, turn.attempt, 'action', id),
      parentSpanId: actSpanAt(within, at),
      name: id.toWellFormed(),
      kind: internal,
      flags: sampledFlag,
      ...lasting(at, at + (done?.tookMs ?? 0)),
      attributes: attributes({
        'chaos.action': id,
        'chaos.planned_from': done === undefined ? undefined : new Date(done.plannedAt).toISOString(),
        'chaos.late_ms': done === undefined ? undefined : done.at - done.plannedAt,
      }),
      events:
        seen === undefined
          ? []
          : [spanEvent(seen.at, 'chaos.action.seen', { 'chaos.seen': seen.seen, 'chaos.said': seen.said })],
      ...(wrong !== undefined && { status: failed(wrong) }),
    },
  ]
}
