import type { EventOf } from '../../journal/events.ts'
import type { ArmResult } from '../../model/result.ts'
import { readArm } from '../reading.ts'
import { actSpans } from './act-spans.ts'
import { actionSpans } from './action-spans.ts'
import type { ArmTrace } from './arm-trace.ts'
import { faultSpans } from './fault-spans.ts'
import { runTraceIdOf, spanIdOf } from './ids.ts'
import {
  attributes,
  failed,
  internal,
  type Link,
  lasting,
  type Span,
  type SpanEvent,
  type Status,
  sampledFlag,
  spanEvent,
  statusOk,
} from './message.ts'

export function armSpanId({ run, turn }: Pick<ArmTrace, 'run' | 'turn'>): string {
  return spanIdOf(run, turn.scenario, turn.arm, turn.attempt, 'arm')
}

export function armLink(arm: Pick<ArmTrace, 'run' | 'turn'>): Link {
  return { traceId: runTraceIdOf(arm.run), spanId: armSpanId(arm), flags: sampledFlag }
}

/**
 * The spans of the arm itself, its acts, faults and actions.
 * @param parent the scenario's span
 * @param ended its last line; undefined where the journal stops in the middle
 * @param at the last time that is known of it, epoch ms
 * @param result of this attempt; undefined where another one counts
 */
export function armSpans(
  arm: ArmTrace,
  parent: string,
  ended: EventOf<'arm.ended'> | undefined,
  at: number,
  result: ArmResult | undefined,
): Span[] {
  const { started, turn, visits } = arm
  const traceId = runTraceIdOf(arm.run)
  const spanId = armSpanId(arm)
  const to = Math.max(at, ended?.at ?? 0)
  const within = { arm, traceId, spanId, to }
  const span: Span = {
    traceId,
    spanId,
    parentSpanId: parent,
    name: `${turn.arm}: ${turn.scenario}`.toWellFormed(),
    kind: internal,
    flags: sampledFlag,
    ...lasting(started.at, to),
    attributes: attributes({
      'chaos.measures': started.measures,
      'chaos.sabotages': started.sabotages,
      'chaos.faults_on': started.faults,
      'chaos.repeated_because': started.because,
      'chaos.attempt.counts': result !== undefined,
      'chaos.verdict': result?.verdict,
      'chaos.expected': result?.expected,
      'chaos.said': result?.said,
      'chaos.voids': result?.voids.map(({ said }) => said),
      'chaos.visits': BigInt(visits.all),
      'chaos.visits.told': BigInt(visits.told),
    }),
    events: [...arm.events, ...checkEvents(result, to)],
    ...statusOf(ended, result),
  }
  return [span, ...actSpans(within), ...faultSpans(within, result?.faults ?? []), ...actionSpans(within)]
}

function checkEvents(result: ArmResult | undefined, at: number): SpanEvent[] {
  const status = { holds: 'pass', deviates: 'fail' } as const
  return (result?.checks ?? []).map(({ id, check, role, verdict, said, evidence }) =>
    spanEvent(at, 'chaos.check', {
      'test.case.name': check,
      'test.case.result.status': verdict === 'holds' || verdict === 'deviates' ? status[verdict] : undefined,
      'chaos.check': id,
      'chaos.role': role,
      'chaos.verdict': verdict,
      'chaos.said': said,
      'chaos.unit': evidence?.unit,
      'chaos.estimate': evidence?.estimate,
      'chaos.threshold': evidence?.threshold,
    }),
  )
}

function statusOf(
  ended: EventOf<'arm.ended'> | undefined,
  result: ArmResult | undefined,
): { readonly status?: Status } {
  if (ended === undefined) return { status: failed('the journal stops in the middle of this arm') }
  if (ended.outcome !== 'finished') return { status: failed(ended.error ?? ended.outcome) }
  if (result === undefined) return {}
  const { meaning, words } = readArm(result)
  if (meaning === 'unwanted') return { status: failed(`${words}: ${result.said}`) }
  return meaning === 'wanted' ? { status: { code: statusOk } } : {}
}
