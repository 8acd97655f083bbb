import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { called } from '../../called.ts'
import { logDirOf } from '../../journal/log-dir.ts'
import { gateArms } from '../../model/arms.ts'
import type { Plan } from '../../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../../model/result.ts'
import { count, firstOf } from '../../model/words.ts'
import { lengthOf, repeatInWords } from '../figures.ts'
import { readArm, readRun, readVerdict } from '../reading.ts'
import type { Reporter, ReporterOutput } from '../reporter.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { inColumns } from '../terminal/width.ts'
import { visitNamed } from '../told-visits.ts'
import { marked } from './arm-lines.ts'

/** Requests and files named per arm. */
const placesShown = 6

/** What runs, with what, and how to read the curves that follow. */
export function runStartedLines(
  run: Parameters<NonNullable<Reporter['runStarted']>>[0],
  paint: Paint,
): string[] {
  const conditions = [
    count(run.plans.length, 'scenario'),
    armsWords(run.arms),
    ...(run.parallel > 1 ? [`${run.parallel} side by side`] : []),
    `seed ${run.seed}`,
    `runtime ${run.runtime}`,
    `driver ${run.driver}`,
    `toxiproxy ${run.toxiproxy}`,
  ]
  return [
    `${paint.bold(`run ${oneLine(run.id)}`)}  ${paint.dim(conditions.map(oneLine).join(' · '))}`,
    paint.dim(
      'curves, over the planned time: ok, the share of visits that went as they should (users served, attackers turned away), from 0 to 100 %; then p95 from 10 ms to 10 s (log); ▲━ a fault',
    ),
  ]
}

function armsWords(arms: readonly (readonly string[])[]): string {
  const counts = [...new Set(arms.map((some) => some.length))]
  if (counts.length !== 1) return `${arms.flat().length} arms`
  return counts[0] === 1 ? `only ${arms[0]![0]}` : `${counts[0]} arms each`
}

/** After Ctrl-C: what there is, and what is known to be undone, in five lines at most. */
export function interruptedLines(result: RunResult, dir: string, paint: Paint): string[] {
  const arms = result.scenarios.flatMap((scenario) => scenario.arms)
  const cut = arms.filter(({ ending }) => ending !== 'finished')
  const all = arms.length + result.notRun.reduce((sum, { arms }) => sum + arms.length, 0)
  return [
    `${marked(readRun(result), paint)}  ${paint.dim(`exit ${result.exitCode} · ${lengthOf(result.tookMs)}`)}`,
    `${arms.length - cut.length} of ${count(all, 'arm')} had ended${cut.length > 0 ? `; ${undoneWords(cut)}` : ''}`,
    ...stillThere(cut).map(paint.yellow),
    `journal, results and logs: ${shorter(dir)}`,
  ]
}

/** `2 were under way: 4 of 4 faults reverted, both networks taken down`, as far as their journal says so. */
function undoneWords(cut: readonly ArmResult[]): string {
  const injected = cut.flatMap(({ faults }) => faults.filter(({ injectedAtMs }) => injectedAtMs !== null))
  const reverted = injected.filter(({ revertedAtMs }) => revertedAtMs !== null).length
  const down = cut.filter(({ ending, error }) => ending === 'interrupted' && error === undefined).length
  return [
    `${cut.length} under way: ${injected.length === 0 ? 'no fault was on' : `${reverted} of ${count(injected.length, 'fault')} reverted`}`,
    `${down} of ${count(cut.length, 'network')} taken down`,
  ].join(', ')
}

/** What could not be undone, and the remedy. */
function stillThere(cut: readonly ArmResult[]): string[] {
  const errors = cut.flatMap(({ arm, error }) => (error === undefined ? [] : [`${arm}: ${oneLine(error)}`]))
  if (errors.length === 0) return []
  return [`not all was undone: ${firstOf(errors)}`, `what may be left is removed by: ${called('clean')}`]
}

export function scenarioHeading(plan: Plan, paint: Paint): string {
  return `${paint.bold(oneLine(plan.scenario))}  ${oneLine(plan.title)}  ${paint.dim(plan.facts.map(oneLine).join(' '))}`
}

/** The scenario's verdict and its reason in one sentence, and what it stands on. */
export function scenarioLines(result: ScenarioResult, paint: Paint): string[] {
  return [
    `${paint.bold(oneLine(result.scenario))}  ${marked(readVerdict(result.verdict), paint)}: ${oneLine(result.said)}`,
    ...repeatInWords(result).map((said) => `  ${oneLine(said)}`),
    paint.dim(`  ${oneLine(result.standsOn)}`),
  ]
}

/**
 * The scenarios in a table, what was not run, the run's verdict, and where it lies; where it is not well, where to look
 * and how to repeat it.
 * @param again the command that repeats these scenarios; undefined where nobody knows
 */
export function runLines(
  result: RunResult,
  dir: string,
  { paint, again }: { readonly paint: Paint; readonly again?: ReporterOutput['again'] },
): string[] {
  const unwell = result.scenarios.filter(({ verdict }) => verdict !== 'holds').map(({ scenario }) => scenario)
  const names = [...new Set([...unwell, ...result.notRun.map(({ scenario }) => scenario)])]
  return [
    ...table(result.scenarios, paint),
    ...result.notRun.map(({ scenario, arms }) =>
      paint.yellow(`not run: ${oneLine(scenario)}, ${arms.join(' and ')}`),
    ),
    ...(result.scenarios.length > 0 ? [''] : []),
    `${marked(readRun(result), paint)}  ${paint.dim(`exit ${result.exitCode} · ${lengthOf(result.tookMs)} · seed ${oneLine(result.seed)}`)}`,
    `journal, results and logs: ${shorter(dir)}`,
    ...whereToLook(result, dir, paint),
    ...(names.length === 0 || again === undefined
      ? []
      : [
          `every check, with its figures: ${called(`analyze ${shorter(dir)}`)}`,
          `to repeat it: ${oneLine(again(names))}`,
        ]),
  ]
}

/** A row a scenario, a column for each of the three arms; those that credit measures are told by what they credit. */
function table(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  if (scenarios.length === 0) return []
  const ran = new Set(scenarios.flatMap((s) => s.arms.map(({ arm }) => arm)))
  const columns = gateArms.filter((arm) => ran.has(arm))
  const rows = [
    ['scenario', 'verdict', ...columns].map(paint.dim),
    ...scenarios.map((scenario) => [
      oneLine(scenario.scenario),
      marked(readVerdict(scenario.verdict), paint),
      ...columns.map((arm) => {
        const result = scenario.arms.find((candidate) => candidate.arm === arm)
        return result === undefined ? '' : marked(readArm(result), paint)
      }),
    ]),
  ]
  return inColumns(rows)
}

/** For each arm that is not as wanted: the requests and files it names, and its logs. */
function whereToLook(result: RunResult, dir: string, paint: Paint): string[] {
  return result.scenarios
    .filter((scenario) => scenario.verdict !== 'holds')
    .flatMap(({ scenario, arms }) =>
      arms.flatMap((arm) => {
        if (readArm(arm).meaning === 'wanted') return []
        const rest = arm.lookAt.length - placesShown
        const logs = logDirOf(dir, scenario, arm.arm, arm.retries.length + 1)
        return [
          `look at ${oneLine(scenario)}, ${arm.arm}`,
          ...arm.lookAt.slice(0, placesShown).map((place) => `  ${oneLine(place)}`),
          ...(rest > 0 ? [paint.dim(`  and ${rest} more in ${join(shorter(dir), 'result.json')}`)] : []),
          ...(existsSync(logs) ? [`  ${shorter(logs)}/*.log`] : []),
          ...visitHint(arm.lookAt, dir),
        ]
      }),
    )
}

/** How to see what each service said of the first visit that is named. */
function visitHint(lookAt: readonly string[], dir: string): string[] {
  const [visit] = lookAt.flatMap((place) => visitNamed(place) ?? [])
  return visit === undefined
    ? []
    : [`  ${called(`visit ${shorter(dir)} '${oneLine(visit.journey)} #${visit.n}'`)}`]
}

function shorter(dir: string): string {
  const fromHere = relative('', dir)
  return fromHere !== '' && fromHere.length < dir.length ? fromHere : dir
}
