import type { FaultEvidence } from '../../model/result.ts'
import { actSpanAt } from './act-spans.ts'
import type { GrowingFault, Within } from './arm-trace.ts'
import { spanIdOf } from './ids.ts'
import { attributes, internal, lasting, type Span, sampledFlag, spanEvent } from './message.ts'

/** A span for each fault that was injected, from its injection to its revert, with what its probe saw. */
export function faultSpans(within: Within, evidence: readonly FaultEvidence[]): Span[] {
  return [...within.arm.faults].map(([id, fault]) =>
    faultSpan(
      within,
      id,
      fault,
      evidence.find((one) => one.fault === id),
    ),
  )
}

function faultSpan(
  within: Within,
  id: string,
  fault: GrowingFault,
  evidence: FaultEvidence | undefined,
): Span {
  const { run, turn, plan, probes } = within.arm
  const spec = plan?.faults.find((one) => one.id === id)
  const { from, plannedFrom, to, plannedTo } = fault
  return {
    traceId: within.traceId,
    spanId: spanIdOf(run, turn.scenario, turn.arm, turn.attempt, 'fault', id),
    parentSpanId: actSpanAt(within, from),
    name: id.toWellFormed(),
    kind: internal,
    flags: sampledFlag,
    ...lasting(from, to ?? within.to),
    attributes: attributes({
      'chaos.fault': id,
      'chaos.fault.kind': spec?.kind,
      'chaos.fault.link': spec?.link,
      'chaos.fault.service': spec?.service,
      'chaos.fault.parameters': spec === undefined ? undefined : JSON.stringify(spec.params),
      'chaos.fault.bit': evidence?.bit,
      'chaos.fault.reverted': to !== undefined,
      'chaos.planned_from': new Date(plannedFrom).toISOString(),
      'chaos.planned_to': typeof plannedTo === 'number' ? new Date(plannedTo).toISOString() : undefined,
      'chaos.late_ms': from - plannedFrom,
      'chaos.revert_late_ms': to !== undefined && typeof plannedTo === 'number' ? to - plannedTo : undefined,
    }),
    events: (probes.get(id) ?? []).map(({ at, when, bites, said }) =>
      spanEvent(at, 'chaos.fault.probed', {
        'chaos.when': when,
        'chaos.bites': bites ?? undefined,
        'chaos.said': said,
      }),
    ),
  }
}
