import type { Finding } from '../checks/check-kind.ts'
import { checkKind } from '../checks/index.ts'
import { exitCode, messageOf } from '../errors.ts'
import type { ArmRecord } from '../journal/record.ts'
import { arms as allArms } from '../model/arms.ts'
import type { CheckResult, CheckSpec } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult, Verdict } from '../model/result.ts'
import { standsOn } from './server-evidence.ts'
import { endingOf, faultEvidence, hostDoubts, voidsOf } from './voids.ts'

/** Best to worst. A vacuous gate is worse than an open question: it would stay green whatever happens. */
const severity: readonly Verdict[] = ['holds', 'inconclusive', 'vacuous', 'deviates']

/** The worst of several verdicts; of none, `inconclusive`: where nothing was judged nothing is green. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.length === 0) return 'inconclusive'
  return verdicts.reduce((worst, verdict) =>
    severity.indexOf(verdict) > severity.indexOf(worst) ? verdict : worst,
  )
}

/** A run's exit code: 130 where it was interrupted, else that of its worst part, 5 > 1 > 3 > 2 > 0. */
export function exitCodeOf(run: Pick<RunResult, 'ending' | 'scenarios'>): number {
  if (run.ending === 'interrupted') return exitCode.interrupted
  const failed = run.scenarios.some((scenario) => scenario.arms.some((arm) => arm.ending === 'failed'))
  if (run.ending === 'failed' || failed) return exitCode.harnessError
  return exitCode[worstVerdict(run.scenarios.map((scenario) => scenario.verdict))]
}

/** Judges one arm from its record. Pure: the same record gives the same result. */
export function judgeArm(record: ArmRecord): ArmResult {
  const checks = record.plan.checks.map((spec) => judgeCheck(spec, record))
  const faults = faultEvidence(record)
  const missing = voidsOf(record, faults)
  const judged = missing.length > 0 ? voided(missing) : weigh(record, checks)
  // In the untreated arm service levels are meant to deviate, and a guard has no excuse.
  const excusable =
    record.arm !== 'untreated' && judged.verdict === 'deviates' && brokenGuards(checks).length === 0
  const doubts = excusable ? hostDoubts(record) : []
  const voids = [...missing, ...doubts]
  const { ended, plan } = record
  const weighed = doubts.length > 0 ? voided(doubts) : judged
  return {
    arm: record.arm,
    ...weighed,
    voids,
    checks,
    faults,
    witness: record.witness,
    generator: record.generator?.figures ?? null,
    ...endingOf(record),
    lookAt: lookAtOf(record, checks, voids.length > 0),
    tookMs: ended?.tookMs ?? 0,
    plannedMs: ended?.plannedMs ?? Object.values(plan.phasesMs).reduce((sum, ms) => sum + ms, 0),
    journeys: journeysOf(record),
  }
}

function judgeCheck(spec: CheckSpec, record: ArmRecord): CheckResult {
  const finding = findingOf(spec, record)
  return {
    check: spec.title,
    kind: spec.kind,
    role: finding.role ?? spec.role,
    verdict: finding.verdict,
    evidence: finding.evidence,
    said: finding.said,
    source: spec.source,
    lookAt: finding.lookAt ?? [],
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

type Weighed = Pick<ArmResult, 'verdict' | 'said'>

function voided(voids: readonly string[]): Weighed {
  return { verdict: 'inconclusive', said: `void: ${firstOf(voids)}` }
}

function weigh(record: ArmRecord, checks: readonly CheckResult[]): Weighed {
  return record.arm === 'untreated' ? weighUntreated(checks) : weighProtected(record, checks)
}

/** Control and treated: every check must hold. */
function weighProtected(record: ArmRecord, checks: readonly CheckResult[]): Weighed {
  const deviating = checks.filter((c) => c.verdict === 'deviates')
  if (deviating.length > 0) {
    // Service levels first: a guard that broke with them is told as one more.
    const told = deviating.toSorted((a, b) => Number(a.role === 'guard') - Number(b.role === 'guard'))
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

function blame(record: ArmRecord, worst: CheckResult): string {
  if (!record.faultsOn)
    return worst.role === 'guard'
      ? 'unhealthy without any fault, a guard broke'
      : 'unhealthy without any fault'
  return worst.role === 'guard' ? 'a guard broke' : `the measure does not save it (${measuresOf(record)})`
}

function measuresOf({ measures, plan }: ArmRecord): string {
  const on = measures.length === 0 ? 'no measure' : measures.join(', ')
  return plan.without.length === 0 ? on : `${on}, without ${plan.without.join(', ')}`
}

/** Untreated: guards must hold; what is protected must deviate, else the check does not see what the measures do. */
function weighUntreated(checks: readonly CheckResult[]): Weighed {
  const broken = brokenGuards(checks)
  if (broken.length > 0)
    return {
      verdict: 'deviates',
      said: `a guard broke with the measures off: ${firstOf(broken.map(toldOf))}`,
    }
  const blind = holdingProtected(checks)
  if (blind.length > 0)
    return {
      verdict: 'holds',
      said: `without the measures it holds just as well: ${firstOf(blind.map(toldOf))}`,
    }
  const open = checks.filter((c) => c.verdict === 'inconclusive')
  if (open.length > 0) return { verdict: 'inconclusive', said: firstOf(open.map(toldOf)) }
  const deviating = checks.filter((c) => c.role === 'protected' && c.verdict === 'deviates')
  if (deviating.length === 0) return { verdict: 'holds', said: 'no service level could deviate in this arm' }
  return {
    verdict: 'deviates',
    said: `deviates, as it must without the measures, by ${count(deviating.length, 'service level')}: ${firstOf(deviating.map(toldOf))}`,
  }
}

function brokenGuards(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter((c) => c.role === 'guard' && c.verdict === 'deviates')
}

function holdingProtected(checks: readonly CheckResult[]): readonly CheckResult[] {
  return checks.filter((c) => c.role === 'protected' && c.verdict === 'holds')
}

function lookAtOf(record: ArmRecord, checks: readonly CheckResult[], isVoid: boolean): readonly string[] {
  // In the untreated arm service levels are meant to deviate: there is nothing to look into.
  const wanting = checks.filter(
    (c) =>
      c.verdict === 'inconclusive' ||
      (c.verdict === 'deviates' && (record.arm !== 'untreated' || c.role === 'guard')),
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
  const journeys: Record<string, ArmResult['journeys'][string]> = {}
  for (const [journey, visits] of record.observations) {
    const outcomes: Record<string, number> = {}
    let ok = 0
    for (let row = 0; row < visits.size; row++) {
      if (visits.ok[row] === 1) ok++
      else outcomes[visits.outcome(row)] = (outcomes[visits.outcome(row)] ?? 0) + 1
    }
    journeys[journey] = { arrivals: visits.size, ok, outcomes }
  }
  return journeys
}

/** Judges a scenario from its arms: worst wins, and only three arms that all show what they must make it hold. Pure. */
export function judgeScenario(plan: Plan, arms: readonly ArmResult[]): ScenarioResult {
  return {
    scenario: plan.scenario,
    title: plan.title,
    facts: plan.facts,
    ...verdictOf(plan, arms),
    standsOn: standsOn(arms),
    arms,
  }
}

function verdictOf(plan: Plan, arms: readonly ArmResult[]): Pick<ScenarioResult, 'verdict' | 'said'> {
  const broken = arms.filter((arm) =>
    arm.arm === 'untreated'
      ? arm.verdict === 'deviates' && brokenGuards(arm.checks).length > 0
      : arm.verdict === 'deviates',
  )
  if (broken.length > 0)
    return { verdict: 'deviates', said: [...new Set(broken.map((arm) => arm.said))].join('; ') }

  const untreated = arms.find((arm) => arm.arm === 'untreated')
  const vacuity = untreated === undefined || untreated.voids.length > 0 ? null : vacuityOf(plan, untreated)
  if (vacuity !== null) return { verdict: 'vacuous', said: vacuity }

  const open = arms.filter((arm) => arm.verdict === 'inconclusive').map((arm) => `${arm.arm}: ${arm.said}`)
  const missing = allArms.filter((name) => !arms.some((arm) => arm.arm === name))
  if (missing.length > 0 || open.length > 0)
    return {
      verdict: 'inconclusive',
      said: [...(missing.length > 0 ? [whatRan(arms)] : []), ...open].join('; '),
    }

  const saved = untreated!.checks.filter((c) => c.role === 'protected' && c.verdict === 'deviates')
  const measures = plan.measures.map((m) => m.name).filter((name) => !plan.without.includes(name))
  return {
    verdict: 'holds',
    said: `${listed(measures)} ${measures.length === 1 ? 'saves' : 'save'} it: ${count(saved.length, 'service level')} deviate${saved.length === 1 ? 's' : ''} without and hold${saved.length === 1 ? 's' : ''} with`,
  }
}

/** Why the untreated arm shows that this gate cannot fail; `null` where it shows that it can. */
function vacuityOf(plan: Plan, untreated: ArmResult): string | null {
  const blind = holdingProtected(untreated.checks).map((c) => `'${c.check}'`)
  if (!plan.faultsOn || plan.faults.length === 0)
    return `no fault was injected, so nothing was put to the test${blind.length === 0 ? '' : `: without the measures too holds ${firstOf(blind)}`}`
  if (blind.length > 0)
    return `with the fault and without the measures it still holds, so it shows nothing: ${firstOf(blind)}`
  const seeing = untreated.checks.filter((c) => c.role === 'protected' && c.verdict !== 'not-applicable')
  return seeing.length === 0 ? 'no service level was put to the test in the untreated arm' : null
}

function whatRan(arms: readonly ArmResult[]): string {
  const names = allArms.filter((name) => arms.some((arm) => arm.arm === name))
  if (names.length === 0) return 'no arm ran'
  return `only the ${names.join(' and ')} arm${names.length === 1 ? '' : 's'} ran`
}

function toldOf(check: CheckResult): string {
  return `'${check.check}': ${check.said}`
}

/** The first in full, the others by their number: a reason is one sentence. */
function firstOf(said: readonly string[]): string {
  return said.length > 1 ? `${said[0]} (and ${said.length - 1} more)` : (said[0] ?? '')
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}

function listed(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'no measure'
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
