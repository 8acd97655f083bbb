import type { ArmRecord } from '../journal/record.ts'
import { armMs, baselineMs } from '../model/acts.ts'
import type { CheckResult } from '../model/check.ts'
import type { ArmResult } from '../model/result.ts'
import { firstOf } from '../model/words.ts'
import { actionEvidence } from './action-evidence.ts'
import { faultEvidence } from './fault-evidence.ts'
import { judgeCheck } from './judge-check.ts'
import { hostDoubts } from './machine-voids.ts'
import { p95Of, seriesOf } from './series.ts'
import { endingOf, voidsOf } from './voids.ts'
import { brokenGuards, expectedOf, weigh } from './weigh.ts'

/** Judges one arm from its record. Pure: the same record gives the same result. */
export function judgeArm(record: ArmRecord): Omit<ArmResult, 'retries'> {
  const checks = record.plan.checks.map((spec) => judgeCheck(spec, record))
  const faults = faultEvidence(record)
  const missing = voidsOf(record, faults)
  const weighed = weigh(record, checks)
  // Where an arm need not deviate and no guard broke, a busy host can be the reason for a deviation.
  const excusable =
    missing.length === 0 &&
    expectedOf(record.arm) !== 'deviates' &&
    weighed.verdict !== 'holds' &&
    brokenGuards(checks).length === 0
  const voids = excusable ? hostDoubts(record) : missing
  const { ended, plan } = record
  return {
    arm: record.arm,
    expected: expectedOf(record.arm),
    measures: record.measures,
    ...(voids.length > 0
      ? { verdict: 'inconclusive', said: `void: ${firstOf(voids.map(({ said }) => said))}` }
      : weighed),
    voids,
    checks,
    faults,
    actions: actionEvidence(record),
    witness: record.witness,
    generator: record.generator?.figures ?? null,
    ...endingOf(record),
    lookAt: lookAtOf(record, checks, voids.length > 0),
    startedAt: new Date(record.beganAt).toISOString(),
    tookMs: ended?.tookMs ?? 0,
    plannedMs: ended?.plannedMs ?? armMs(plan.acts),
    journeys: journeysOf(record),
  }
}

function lookAtOf(record: ArmRecord, checks: readonly CheckResult[], isVoid: boolean): readonly string[] {
  const meantTo = expectedOf(record.arm) !== 'holds'
  const wanting = checks.filter(
    (c) => c.verdict === 'inconclusive' || (c.verdict === 'deviates' && (!meantTo || c.role === 'guard')),
  )
  return [
    ...new Set([
      ...(record.ended?.lookAt ?? []),
      ...record.deaths.map((death) => death.log),
      ...(isVoid ? [] : wanting.flatMap((c) => c.lookAt)),
    ]),
  ]
}

function journeysOf(record: ArmRecord): ArmResult['journeys'] {
  const lengthMs = armMs(record.plan.acts)
  const journeys: Record<string, ArmResult['journeys'][string]> = {}
  const within = new Map(record.plan.load.map(({ journey, servedWithinMs }) => [journey, servedWithinMs]))
  for (const [journey, visits] of record.observations) {
    const outcomes: Record<string, number> = {}
    const failures: Record<string, number> = {}
    let ok = 0
    for (let row = 0; row < visits.size; row++) {
      const outcome = visits.outcome(row)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      if (visits.ok[row] === 1) ok++
      else {
        const late = visits.tookMs[row]! > (within.get(journey) ?? Number.POSITIVE_INFINITY)
        const why = late ? `${outcome} (too late)` : outcome
        failures[why] = (failures[why] ?? 0) + 1
      }
    }
    const p95Ms = p95Of(visits, baselineMs(record.plan.acts))
    journeys[journey] = {
      arrivals: visits.size,
      ok,
      outcomes,
      failures,
      p95Ms,
      series: seriesOf(visits, lengthMs),
    }
  }
  return journeys
}
