import { figure } from '../checks/figures.ts'
import type { CheckResult, Evidence } from '../model/check.ts'
import type { Baseline, Change, Compared, Comparison } from '../model/comparison.ts'
import type { RunResult } from '../model/result.ts'

type Scenario = Baseline['scenarios'][number]
type ArmOf = Scenario['arms'][number]
type Check = ArmOf['checks'][number]
type EffectOf = Scenario['effects'][number]

/** Of a run, what others are compared with. */
export function baselineOf({ run, seed, runtime, driver, scenarios }: RunResult): Baseline {
  return {
    version: 1,
    run,
    seed,
    runtime,
    driver,
    scenarios: scenarios.map(({ scenario, verdict, plan, effects, arms }) => ({
      scenario,
      verdict,
      ...(plan !== undefined && { plan }),
      effects: effects.map(({ journey, users, visits, difference, interval }) => ({
        ...{ journey, users, visits, difference, interval },
      })),
      arms: arms.map(({ arm, verdict: of, voids, checks }) => ({
        arm,
        verdict: of,
        isVoid: voids.length > 0,
        checks: checks.map(({ id, check, role, verdict: said, evidence }: CheckResult) => ({
          ...{ id, check, role, verdict: said, evidence },
        })),
      })),
    })),
  }
}

/** Latencies and rates of two runs of one system differ by so much without any change, as the host does. † ours */
export const usualMargin = 0.2

/**
 * Two runs, check by check, in the arms that must hold: what the system does when all is well (`control`), and what the
 * measures save (`treated`, and the effects). Two samples differ where their 95 % intervals lie apart, which two of the
 * same system do in fewer than one case in a hundred (Schenker & Gentleman 2001, doi:10.1198/000313001317097960). An
 * interval knows the visits of its run, and not how the host was in the other one: so latencies and rates must lie apart
 * by a margin too, and what was measured once, such as the time to an event, is told apart by its verdict alone.
 * @param margin a share: 0.2 is a fifth
 */
export function compareRuns(before: Baseline, after: Baseline, margin = usualMargin): Comparison {
  const rows = after.scenarios.flatMap((scenario) => {
    const other = before.scenarios.find((one) => one.scenario === scenario.scenario)
    return other === undefined ? [] : compareScenarios(other, scenario, margin)
  })
  return {
    version: 1,
    before: before.run,
    after: after.run,
    rows,
    notes: notesOn(before, after),
    exitCode: rows.some(({ change }) => change === 'worse') ? 1 : 0,
  }
}

function notesOn(before: Baseline, after: Baseline): string[] {
  const notes = (['seed', 'runtime', 'driver'] as const)
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key} was ${before[key]}, now ${after[key]}`)
  const [names, others] = [before, after].map(({ scenarios }) => scenarios.map(({ scenario }) => scenario))
  const gone = names!.filter((name) => !others!.includes(name))
  const added = others!.filter((name) => !names!.includes(name))
  if (gone.length > 0) notes.push(`only in the run before: ${gone.join(', ')}`)
  if (added.length > 0) notes.push(`only in the run after: ${added.join(', ')}`)
  for (const { scenario, plan } of after.scenarios) {
    const other = before.scenarios.find((one) => one.scenario === scenario)
    if (other?.plan !== undefined && plan !== undefined && other.plan !== plan)
      notes.push(
        `${scenario}: the plan has changed, so a difference may be the scenario's and not the system's`,
      )
  }
  return notes
}

/** Arms that must hold: what is done to the system, and what it is without its measures, is the same in both runs. */
const compared = ['control', 'treated'] as const

function compareScenarios(before: Scenario, after: Scenario, margin: number): Compared[] {
  const { scenario } = after
  const checks = compared.flatMap((arm) => {
    const [old, now] = [before, after].map(({ arms }) => arms.find((one) => one.arm === arm))
    return old === undefined || now === undefined ? [] : compareArms(scenario, old, now, margin)
  })
  const effects = after.effects.flatMap((now) => {
    const old = before.effects.find(({ journey }) => journey === now.journey)
    return old === undefined ? [] : [compareEffects(scenario, old, now)]
  })
  return [...effects, ...checks]
}

function compareArms(scenario: string, before: ArmOf, after: ArmOf, margin: number): Compared[] {
  const { arm } = after
  const row = (check: Check, change: Change, [old, now]: readonly [string, string]): Compared => ({
    ...{ scenario, arm, what: check.check, change, before: old, after: now },
  })
  const rows = after.checks.flatMap((now) => {
    const old = before.checks.find(({ id }) => id === now.id)
    if (old === undefined) return [row(now, 'only after', ['–', figures(now)])]
    if (!isAsked(old) && !isAsked(now)) return []
    const known = !before.isVoid && !after.isVoid && isAsked(old) && isAsked(now)
    return [row(now, known ? changeOf(old, now, margin) : 'undecided', [figures(old), figures(now)])]
  })
  const gone = before.checks.filter(({ id }) => !after.checks.some((now) => now.id === id))
  return [...rows, ...gone.map((old) => row(old, 'only before', [figures(old), '–']))]
}

/** Some checks have nothing to say of an arm: nobody was sent home, so no receipt was written. */
function isAsked({ verdict }: Check): boolean {
  return verdict !== 'not-applicable'
}

function changeOf(before: Check, after: Check, margin: number): Change {
  if (before.verdict === 'holds' && after.verdict === 'deviates') return 'worse'
  if (before.verdict === 'deviates' && after.verdict === 'holds') return 'better'
  const [old, now] = [before.evidence, after.evidence]
  if (old === null || now === null || old.unit !== now.unit || old.unit === 'count') return 'undecided'
  if (old.n < 2 || now.n < 2) return 'undecided'
  return apart(rangeOf(old), rangeOf(now), now.good === 'at least', old.unit === 'share' ? 0 : margin)
}

type Range = readonly [number, number]

/** An end that the sample cannot bound is as far as there is. */
function rangeOf({ interval, estimate }: Evidence): Range | null {
  if (interval === null) return estimate === null ? null : [estimate, estimate]
  return [interval[0] ?? Number.NEGATIVE_INFINITY, interval[1] ?? Number.POSITIVE_INFINITY]
}

function apart(before: Range | null, after: Range | null, moreIsBetter: boolean, margin = 0): Change {
  if (before === null || after === null) return 'undecided'
  if (after[0] > before[1] * (1 + margin)) return moreIsBetter ? 'better' : 'worse'
  if (after[1] * (1 + margin) < before[0]) return moreIsBetter ? 'worse' : 'better'
  return 'undecided'
}

/** As shares of the visits: two plans may bring different numbers of them. */
function compareEffects(scenario: string, before: EffectOf, after: EffectOf): Compared {
  const share = ({ interval, visits }: EffectOf): Range | null =>
    visits === 0 ? null : [interval[0] / visits, interval[1] / visits]
  const words = ({ difference, visits, interval: [low, high] }: EffectOf): string =>
    `${difference} of ${visits} [${Math.round(low)} … ${Math.round(high)}]`
  return {
    scenario,
    arm: null,
    what: `${after.users} saved, less those lost`,
    change: apart(share(before), share(after), true),
    before: words(before),
    after: words(after),
  }
}

function figures({ verdict, evidence }: Check): string {
  if (evidence === null || evidence.unit === 'count' || evidence.estimate === null) return verdict
  const shown = (value: number | null): string => (value === null ? '?' : figure(value, evidence.unit))
  const range = evidence.interval === null ? '' : ` [${evidence.interval.map(shown).join(' … ')}]`
  return `${verdict}, ${shown(evidence.estimate)}${range}`
}
