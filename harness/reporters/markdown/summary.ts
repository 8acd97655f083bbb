import type { CheckResult } from '../../model/check.ts'
import type { ArmResult, Credit, Effect, RunResult, ScenarioResult } from '../../model/result.ts'
import { fewerServed } from '../credits.ts'
import { evidenceInWords, lengthOf, repeatInWords } from '../figures.ts'
import { readArm, readCheck, readRun, readVerdict, signed } from '../reading.ts'
import { curves } from './curves.ts'
import { code, table, text } from './escape.ts'

/**
 * A run for people who read it in a merge request or a job's summary: the verdict, the effects, the curves, and every
 * check folded away. Figures are those of `result.json`.
 * @param options.again the command that runs it once more
 * @param options.atMost bytes of UTF-8: what does not fit is left out from the end, and is said to be
 */
export function summary(
  result: RunResult,
  options: { readonly again?: string | undefined; readonly atMost?: number } = {},
): string {
  const head = headOf(result, options.again)
  const whole = result.scenarios.map((scenario) => sectionOf(scenario, true))
  const short = result.scenarios.map((scenario) => sectionOf(scenario, false))
  const most = options.atMost ?? Number.POSITIVE_INFINITY
  for (let folded = whole.length; folded >= 0; folded--) {
    const page = joined([
      head,
      ...whole.slice(0, folded),
      ...short.slice(folded),
      ...leftOut(whole.length - folded, 'the checks'),
    ])
    if (Buffer.byteLength(page) <= most) return page
  }
  for (let kept = short.length - 1; kept > 0; kept--) {
    const page = joined([head, ...short.slice(0, kept), ...leftOut(short.length - kept, 'all')])
    if (Buffer.byteLength(page) <= most) return page
  }
  return joined([`## ${signed(readRun(result))}`, ...leftOut(short.length, 'all')])
}

function joined(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function leftOut(scenarios: number, what: string): string[] {
  return scenarios === 0
    ? []
    : [`There is no room here for ${what} of the last ${scenarios}: see ${code('report.html')} of the run.`]
}

function headOf(result: RunResult, again: string | undefined): string {
  const columns = [...new Set(result.scenarios.flatMap(({ arms }) => arms.map(({ arm }) => arm)))]
  const rows = result.scenarios.map((scenario) => [
    text(scenario.scenario),
    signed(readVerdict(scenario.verdict)),
    ...columns.map((name) => {
      const arm = scenario.arms.find((one) => one.arm === name)
      return arm === undefined ? '' : text(signed(readArm(arm)))
    }),
  ])
  const conditions = [
    `exit ${result.exitCode}`,
    lengthOf(result.tookMs),
    `seed ${code(result.seed)}`,
    `runtime ${text(result.runtime)}`,
    `driver ${text(result.driver)}`,
    `toxiproxy ${text(result.toxiproxy)}`,
  ]
  const notRun = result.notRun.map(
    ({ scenario, arms }) => `Not run: ${text(scenario)}, ${arms.map(text).join(' and ')}.`,
  )
  return joined([
    `## ${signed(readRun(result))}`,
    conditions.join(' · '),
    rows.length === 0 ? 'No scenario was begun.' : table(['scenario', 'verdict', ...columns.map(text)], rows),
    ...notRun,
    again === undefined ? '' : `To repeat it: ${code(again)}`,
  ]).trimEnd()
}

function sectionOf(scenario: ScenarioResult, withChecks: boolean): string {
  const { title, facts, verdict, said, standsOn, arms, effects, credits } = scenario
  const known = credits.filter(({ credit }) => credit !== null)
  const unwell = arms.flatMap((arm) => [
    ...arm.voids.map((one) => `- ${text(arm.arm)}, void: ${text(one.said)}`),
    ...arm.retries.map((why) => `- ${text(arm.arm)}, run once more: ${text(why)}`),
    ...unwanted(arm).map((check) => `- ${text(arm.arm)}: ✗ ${text(check.check)}: ${text(check.said)}`),
  ])
  return joined([
    `### ${text(scenario.scenario)}: ${signed(readVerdict(verdict))}`,
    `${text(title)} (${facts.map(text).join(' ')})`,
    text(said),
    ...repeatInWords(scenario).map(text),
    unwell.join('\n'),
    effects.length === 0
      ? ''
      : table(
          ['users', 'visits', 'saved', 'lost', 'either way', 'neither', 'difference (95 %)'],
          effects.map(effectRow),
        ),
    known.length === 0
      ? ''
      : table(['measure', 'worth', 'fewer served without it', 'without it deviates'], known.map(creditRow)),
    curves(scenario),
    text(standsOn),
    withChecks ? folded(arms) : '',
  ]).trimEnd()
}

function unwanted({ ending, arm, checks }: ArmResult): readonly CheckResult[] {
  return checks.filter((check) => {
    const { meaning } = readCheck(arm, check)
    return meaning === 'unwanted' || (meaning === 'undecided' && ending === 'finished')
  })
}

function effectRow({ users, visits, saved, lost, either, neither, difference, interval }: Effect): string[] {
  const [low, high] = interval.map(Math.round)
  return [
    text(users),
    ...[visits, saved, lost, either, neither].map(String),
    `${difference} [${low} … ${high}]`,
  ]
}

function creditRow(credited: Credit): string[] {
  const { measure, credit, breaks } = credited
  const people = fewerServed(credited).map(({ users, visits }) => `${visits} ${text(users)}`)
  const harm = credit === 'harmful' && people.length > 0 ? ' (lost with it)' : ''
  return [text(measure), credit ?? '', `${people.join(', ')}${harm}`, breaks.map(text).join('; ')]
}

/** Every check in every arm, closed until somebody asks. */
function folded(arms: readonly ArmResult[]): string {
  const checks = new Map(arms.flatMap((arm) => arm.checks.map((check) => [check.id, check] as const)))
  if (checks.size === 0) return ''
  const rows = [...checks.values()].map(({ id, check, role }) => [
    text(check),
    role,
    ...arms.map((arm) => {
      const own = arm.checks.find((one) => one.id === id)
      return own === undefined ? '' : cell(arm, own)
    }),
  ])
  const heads = ['check', 'role', ...arms.map(({ arm }) => text(arm))]
  return `<details><summary>every check</summary>\n\n${table(heads, rows)}\n\n</details>`
}

function cell({ arm }: ArmResult, check: CheckResult): string {
  const reading = readCheck(arm, check)
  if (reading.meaning === 'not-asked') return '–'
  return `${text(signed(reading))}: ${text(evidenceInWords(check))}`
}
