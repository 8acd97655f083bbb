import type { ArmRecord } from '../journal/record.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { FaultEvidence } from '../model/result.ts'
import { serverEvidence } from './server-evidence.ts'

/** What is known of each fault that an arm should have: when it came, how late, and whether it was seen to bite. */
export function faultEvidence(record: ArmRecord): FaultEvidence[] {
  if (!record.faultsOn) return []
  return record.plan.faults.map((spec) => {
    const { id } = spec
    const injected = record.injected.find((e) => e.fault === id)
    const lastInjectedMs = record.injected.findLast((e) => e.fault === id)?.ms ?? 0
    const reverted = record.reverted.find((e) => e.fault === id && e.ms >= lastInjectedMs)
    const sightings =
      spec.streams === undefined
        ? record.sightings.filter((e) => e.fault === id)
        : visitsOf(record, spec, injected?.ms, reverted?.ms)
    return {
      fault: id,
      injectedAtMs: injected?.ms ?? null,
      revertedAtMs: reverted?.ms ?? null,
      injectedLateMs: injected === undefined ? null : injected.at - injected.plannedAt,
      revertedLateMs: typeof reverted?.plannedAt === 'number' ? reverted.at - reverted.plannedAt : null,
      bit: sightings.some((s) => s.when === 'during' && s.bites === true),
      sightings: sightings.map(({ when, bites, said }) => ({ when, bites, said })),
      server: serverEvidence(record, id),
    }
  })
}

/** Share of the planned arrivals that must have come for a surge to count: Poisson scatter leaves this by ten deviations at 100. */
const shownShare = 0.5

/** What is seen of a fault that brings arrivals along: its visits, as the journal has them. */
function visitsOf(
  record: ArmRecord,
  { streams = [] }: FaultSpec,
  injectedMs = Number.POSITIVE_INFINITY,
  revertedMs = Number.POSITIVE_INFINITY,
): Pick<FaultEvidence['sightings'][number], 'when' | 'bites' | 'said'>[] {
  const came = { before: 0, during: 0, after: 0 }
  for (const { id, journey } of streams) {
    const visits = record.observations.get(journey)
    for (let row = 0; row < (visits?.size ?? 0); row++) {
      if (visits!.stream(row) !== id) continue
      const dueMs = visits!.dueMs[row]!
      // Its visits are due by the plan, and the order comes some ms later.
      came[dueMs < injectedMs - orderMs ? 'before' : dueMs < revertedMs + orderMs ? 'during' : 'after']++
    }
  }
  const planned = streams.reduce(
    (sum, { perSecond: [from, to], durationMs }) => sum + (((from + to) / 2) * durationMs) / 1000,
    0,
  )
  return [
    { when: 'before', bites: came.before > 0, said: `${came.before} of its visits came` },
    {
      when: 'during',
      bites: came.during > 0 && came.during >= shownShare * planned,
      said: `${came.during} of its visits came, about ${Math.round(planned)} planned`,
    },
    { when: 'after', bites: came.after > 0, said: `${came.after} of its visits came` },
  ]
}

/** How late an order to begin or end a stream may come to the load, ms. */
const orderMs = 100
