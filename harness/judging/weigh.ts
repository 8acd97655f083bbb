import type { ArmRecord } from '../journal/record.ts'
import { isExtra } from '../model/arms.ts'
import type { CheckResult } from '../model/check.ts'
import type { ArmResult } from '../model/result.ts'
import { count, firstOf, listed } from '../model/words.ts'

type Weighed = Pick<ArmResult, 'verdict' | 'said'>

/** The verdict that this arm must have for its scenario to hold; null: any, the arm is only there for comparison. */
export function expectedOf(arm: ArmResult['arm']): 'holds' | 'deviates' | null {
  if (arm === 'untreated') return 'deviates'
  return isExtra(arm) ? null : 'holds'
}

/** The verdict of an arm that no evidence voids, from its checks by their roles. */
export function weigh(record: ArmRecord, checks: readonly CheckResult[]): Weighed {
  if (expectedOf(record.arm) === 'holds') return mustHold(record, checks)
  const broken = brokenGuards(checks)
  if (broken.length > 0)
    return {
      verdict: 'deviates',
      said: `a guard broke with ${measuresOf(record)}: ${firstOf(broken.map(toldOf))}`,
    }
  return record.arm === 'untreated' ? mustDeviate(checks) : mayDeviate(record, checks)
}

/** Control and treated: every check must hold. */
function mustHold(record: ArmRecord, checks: readonly CheckResult[]): Weighed {
  const deviating = checks.filter((c) => c.verdict === 'deviates')
  if (deviating.length > 0) {
    // Service levels first, guards last.
    const told = deviating.toSorted((a, b) => rank[a.role] - rank[b.role])
    return { verdict: 'deviates', said: `${blame(record, told[0]!)}: ${firstOf(told.map(toldOf))}` }
  }
  const open = checks.filter((c) => c.verdict === 'inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', said: firstOf(open.map(toldOf)) }
  const held = checks.filter((c) => c.verdict === 'holds')
  if (held.length === 0) return { verdict: 'inconclusive', said: 'no check had anything to say of this arm' }
  return {
    verdict: 'holds',
    said: record.faultsOn
      ? `with the fault and ${measuresOf(record)} ${count(held.length, 'check')} hold`
      : `without any fault ${count(held.length, 'check')} hold: healthy, and the measures do no harm`,
  }
}

const rank = { protected: 0, mechanism: 1, guard: 2 } as const

function blame(record: ArmRecord, worst: CheckResult): string {
  if (!record.faultsOn)
    return worst.role === 'guard'
      ? 'unhealthy without any fault, a guard broke'
      : 'unhealthy without any fault'
  if (worst.role === 'guard') return 'a guard broke'
  return worst.role === 'mechanism'
    ? 'a measure does not do what it is there for'
    : `the measures do not save it (${measuresOf(record)})`
}

/** Untreated: what is protected must deviate, else the check does not see what the measures do. */
function mustDeviate(checks: readonly CheckResult[]): Weighed {
  const blind = protectedThat(checks, 'holds')
  if (blind.length > 0)
    return {
      verdict: 'holds',
      said: `without the measures it holds just as well: ${firstOf(blind.map(toldOf))}`,
    }
  const open = checks.filter((c) => c.verdict === 'inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', said: firstOf(open.map(toldOf)) }
  const deviating = protectedThat(checks, 'deviates')
  if (deviating.length === 0) return { verdict: 'holds', said: 'no service level could deviate in this arm' }
  return {
    verdict: 'deviates',
    said: `deviates, as it must without the measures, by ${count(deviating.length, 'service level')}: ${firstOf(deviating.map(toldOf))}`,
  }
}

/** With some of the measures on: any verdict will do, it shows what the others are needed for. */
function mayDeviate(record: ArmRecord, checks: readonly CheckResult[]): Weighed {
  const deviating = protectedThat(checks, 'deviates')
  if (deviating.length > 0)
    return {
      verdict: 'deviates',
      said: `with ${measuresOf(record)} ${count(deviating.length, 'service level')} deviate: ${firstOf(deviating.map(toldOf))}`,
    }
  const open = protectedThat(checks, 'inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', said: firstOf(open.map(toldOf)) }
  return { verdict: 'holds', said: `with ${measuresOf(record)} every service level holds` }
}

function measuresOf({ measures, plan }: ArmRecord): string {
  const on = listed(measures)
  return plan.without.length === 0 ? on : `${on}, without ${plan.without.join(', ')}`
}

export function brokenGuards(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter((c) => c.role === 'guard' && c.verdict === 'deviates')
}

export function protectedThat(
  checks: readonly CheckResult[],
  verdict: CheckResult['verdict'],
): readonly CheckResult[] {
  return checks.filter((c) => c.role === 'protected' && c.verdict === verdict)
}

export function toldOf(check: CheckResult): string {
  return `'${check.check}': ${check.said}`
}
