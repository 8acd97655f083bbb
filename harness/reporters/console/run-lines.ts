import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Plan } from '../../model/plan.ts'
import type { RunResult, ScenarioResult } from '../../model/result.ts'
import { counted, lengthOf, repeatInWords } from '../figures.ts'
import { readArm, readVerdict } from '../reading.ts'
import type { Reporter } from '../reporter.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad, widthOf } from '../terminal/width.ts'
import { marked } from './arm-lines.ts'

/** Requests and files named per arm. */
const placesShown = 6

/** What runs, with what, and how to read the curves that follow. */
export function runStartedLines(
  run: Parameters<NonNullable<Reporter['runStarted']>>[0],
  paint: Paint,
): string[] {
  const conditions = [
    counted(run.plans.length, 'scenario'),
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
      'curves: success from 0 to 100 %, then p95 from 10 ms to 10 s (log), over the planned time; ▲━ a fault',
    ),
  ]
}

function armsWords(arms: readonly (readonly string[])[]): string {
  const counts = [...new Set(arms.map((some) => some.length))]
  if (counts.length !== 1) return `${arms.flat().length} arms`
  return counts[0] === 1 ? `only ${arms[0]![0]}` : `${counts[0]} arms each`
}

/** After Ctrl-C: what there is, in few lines. */
export function interruptedLines(result: RunResult, dir: string, paint: Paint): string[] {
  const arms = result.scenarios.flatMap((scenario) => scenario.arms)
  const ended = arms.filter(({ ending }) => ending === 'finished').length
  return [
    `${conclusion(result, paint)}  ${paint.dim(`exit ${result.exitCode} · ${lengthOf(result.tookMs)}`)}`,
    `${counted(ended, 'arm')} had ended; everything is down, nothing is left running`,
    `journal, results and logs: ${shorter(dir)}`,
  ]
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

/** The scenarios in a table, the run's verdict, where it lies, and where to look when it is not well. */
export function runLines(result: RunResult, dir: string, paint: Paint): string[] {
  return [
    ...table(result.scenarios, paint),
    ...(result.scenarios.length > 0 ? [''] : []),
    `${conclusion(result, paint)}  ${paint.dim(`exit ${result.exitCode} · ${lengthOf(result.tookMs)} · seed ${oneLine(result.seed)}`)}`,
    `journal, results and logs: ${shorter(dir)}`,
    ...whereToLook(result, dir, paint),
  ]
}

function conclusion(result: RunResult, paint: Paint): string {
  if (result.ending === 'interrupted') return paint.yellow('? interrupted: what was seen until then is kept')
  if (result.ending === 'failed') return paint.red('✗ the harness failed')
  return marked(readVerdict(result.verdict), paint)
}

function table(scenarios: readonly ScenarioResult[], paint: Paint): string[] {
  if (scenarios.length === 0) return []
  const columns = [...new Set(scenarios.flatMap((s) => s.arms.map(({ arm }) => arm)))]
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
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))))
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

/** For each arm that is not as wanted: the requests and files it names, and its logs. */
function whereToLook(result: RunResult, dir: string, paint: Paint): string[] {
  return result.scenarios
    .filter((scenario) => scenario.verdict !== 'holds')
    .flatMap(({ scenario, arms }) =>
      arms.flatMap((arm) => {
        if (readArm(arm).meaning === 'wanted') return []
        const rest = arm.lookAt.length - placesShown
        const logs = join(dir, 'logs', scenario, arm.arm)
        return [
          `look at ${oneLine(scenario)}, ${arm.arm}`,
          ...arm.lookAt.slice(0, placesShown).map((place) => `  ${oneLine(place)}`),
          ...(rest > 0 ? [paint.dim(`  and ${rest} more in ${join(shorter(dir), 'result.json')}`)] : []),
          ...(existsSync(logs) ? [`  ${shorter(logs)}/*.log`] : []),
        ]
      }),
    )
}

function shorter(dir: string): string {
  const fromHere = relative('', dir)
  return fromHere !== '' && fromHere.length < dir.length ? fromHere : dir
}
