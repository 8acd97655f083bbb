import type { EventOf } from '../../journal/events.ts'
import type { Turn } from '../../journal/turns.ts'
import { isException } from '../../load/exception.ts'
import { traceIdOf } from '../../load/trace.ts'
import { spanIdOf } from './ids.ts'
import { attributes, failed, internal, type Link, lasting, type Span, sampledFlag } from './message.ts'
import { type Kept, keptShare } from './sampling.ts'

/** What the spans of an arm's visits share. */
export interface VisitsOf {
  readonly run: string
  readonly seed: string
  readonly turn: Turn
  /** To the arm's own span. */
  readonly arm: Link
}

/** The trace of a visit. */
export function traceOf({ seed }: Pick<VisitsOf, 'seed'>, visit: EventOf<'observation'>): string {
  return traceIdOf(seed, visit.stream, visit.n)
}

/**
 * A visit with its steps. It begins when it was due, as what its user waited counts from there. Its trace has no other
 * root: the same visit of another arm stands beside it.
 */
export function visitSpans(of: VisitsOf, visit: EventOf<'observation'>, kept: Kept): Span[] {
  const { arm, scenario, attempt } = of.turn
  const { journey, stream, n, due, lagMs, tookMs, outcome, ok, took } = visit
  const id = [of.run, scenario, arm, attempt, 'visit', stream, n]
  const span: Span = {
    traceId: traceOf(of, visit),
    spanId: spanIdOf(...id),
    name: `${arm}: ${journey}`.toWellFormed(),
    kind: internal,
    flags: sampledFlag,
    ...lasting(due, due + tookMs),
    attributes: attributes({
      'chaos.journey': journey,
      'chaos.visit': BigInt(n),
      'chaos.stream': stream,
      'chaos.outcome': outcome,
      'chaos.served': ok,
      'chaos.lag_ms': lagMs,
      'chaos.took_home': took,
      'chaos.sampling.kept': kept,
      'chaos.sampling.ratio': kept === 'by-trace-id' ? keptShare : 1,
      // An exception's message is no kind of error.
      'error.type': ok ? undefined : isException(outcome) ? '_OTHER' : outcome,
    }),
    links: [of.arm],
    ...(!ok && { status: failed(outcome) }),
  }
  return [span, ...stepSpans(span, id, visit)]
}

/**
 * The journal holds how long each step took, all of its tries together, in the order in which they were first taken; not
 * when. So a step begins here as early as it can have, and how much later it may have been is told with it.
 */
function stepSpans(visit: Span, id: readonly (string | number)[], event: EventOf<'observation'>): Span[] {
  const { due, lagMs, tookMs, steps } = event
  const end = due + tookMs
  const inSteps = Object.values(steps).reduce((sum, ms) => sum + ms, 0)
  const laterMs = Math.max(0, Math.round((tookMs - Math.max(0, lagMs) - inSteps) * 100) / 100)
  let from = Math.min(end, due + Math.max(0, lagMs))
  return Object.entries(steps).map(([step, ms]) => {
    const to = Math.min(end, from + ms)
    const span: Span = {
      traceId: visit.traceId,
      spanId: spanIdOf(...id, step),
      parentSpanId: visit.spanId,
      name: step.toWellFormed(),
      kind: internal,
      flags: sampledFlag,
      ...lasting(from, to),
      attributes: attributes({
        'chaos.step': step,
        'chaos.step.took_ms': ms,
        'chaos.step.later_by_at_most_ms': laterMs,
      }),
    }
    from = to
    return span
  })
}
