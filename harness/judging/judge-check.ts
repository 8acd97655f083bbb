import type { Finding } from '../checks/check-kind.ts'
import { checkKind } from '../checks/index.ts'
import { messageOf } from '../errors.ts'
import type { ArmRecord } from '../journal/record.ts'
import type { CheckResult, CheckSpec, Where } from '../model/check.ts'

/** Judges one check in one arm: does it apply here, what does its judge find, and was its minimum sample reached. */
export function judgeCheck(spec: CheckSpec, record: ArmRecord): CheckResult {
  const not = notHere(spec.where, record)
  const found: Finding =
    not === null
      ? owing(spec, record, findingOf(spec, record))
      : { verdict: 'not-applicable', evidence: null, said: not }
  return {
    id: spec.id,
    check: spec.title,
    kind: spec.kind,
    role: spec.role,
    verdict: found.verdict,
    evidence: found.evidence,
    said: found.said,
    source: spec.source,
    lookAt: found.lookAt ?? [],
  }
}

/** Whether a check applies to this arm. */
export function appliesTo({ where }: CheckSpec, record: ArmRecord): boolean {
  return notHere(where, record) === null
}

/** Why something that applies to some arms does not apply to this one; null if it does. */
function notHere(where: Where | undefined, record: ArmRecord): string | null {
  if (where?.fault === true && !record.faultsOn) return 'no fault in this arm'
  if (where?.fault === false && record.faultsOn) return 'it speaks of an arm without a fault'
  if (where?.measure !== undefined && !record.measures.includes(where.measure))
    return `${where.measure} is off in this arm`
  return null
}

/** Where a minimum sample is asked for, a check that holds on fewer is inconclusive. */
function owing(spec: CheckSpec, record: ArmRecord, found: Finding): Finding {
  if (found.verdict !== 'holds' || found.short === undefined) return found
  const notOwed = notHere(spec.minimumWhere, record)
  if (notOwed !== null)
    // Nothing that was looked at holds of nothing.
    return found.evidence?.n === 0
      ? { verdict: 'not-applicable', evidence: null, said: `there was nothing to look at: ${notOwed}` }
      : found
  const { said, samplesToDecide } = found.short
  return {
    verdict: 'inconclusive',
    evidence:
      found.evidence === null || samplesToDecide === undefined
        ? found.evidence
        : { ...found.evidence, samplesToDecide },
    said: `${found.said}; ${said}`,
  }
}

/** A plan is checked before it runs, but the journal of another version may hold what this one cannot read. */
function findingOf(spec: CheckSpec, record: ArmRecord): Finding {
  const unjudged = (said: string): Finding => ({ verdict: 'inconclusive', evidence: null, said })
  const kind = checkKind(spec.kind)
  if (kind === undefined) return unjudged(`there is no check of the kind '${spec.kind}' here`)
  try {
    const problems = kind.problems(spec)
    return problems.length > 0
      ? unjudged(`it cannot be judged: ${problems.join('; ')}`)
      : kind.judge(spec, record)
  } catch (thrown) {
    return unjudged(`it could not be judged: ${messageOf(thrown)}`)
  }
}
