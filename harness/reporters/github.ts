import { appendFile } from 'node:fs/promises'
import { HarnessError, messageOf } from '../errors.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'
import { summary } from './markdown/summary.ts'
import { readCheck } from './reading.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'

/** GitHub shows no more annotations of one kind that a step makes. */
const mostAnnotations = 10
/** Bytes: GitHub throws a longer summary of a step away. */
const longestSummary = 1024 * 1024

interface Annotation {
  readonly level: 'error' | 'warning'
  readonly title: string
  readonly said: string
  readonly at: ScenarioResult['definedAt']
}

/**
 * For GitHub Actions: an annotation at its scenario for whatever is not as it must be, ten at the most, and the job's
 * summary in the file that `GITHUB_STEP_SUMMARY` names. On by itself where `GITHUB_ACTIONS` is `true`.
 */
export function githubReporter(
  { write, again }: Pick<ReporterOutput, 'write' | 'again'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Reporter {
  return {
    name: 'github',
    async runEnded(result) {
      for (const annotation of chosen(annotationsOf(result))) write(`${command(annotation)}\n`)
      const file = env.GITHUB_STEP_SUMMARY
      if (file === undefined || file === '') return
      const repeat = again?.(result.scenarios.map(({ scenario }) => scenario))
      try {
        await appendFile(file, summary(result, { again: repeat, atMost: longestSummary }))
      } catch (error) {
        throw new HarnessError(`cannot write the job's summary to ${file}: ${messageOf(error)}`)
      }
    },
  }
}

/** All, or the first and one that counts the others. */
function chosen(all: readonly Annotation[]): readonly Annotation[] {
  if (all.length <= mostAnnotations) return all
  const shown = all.slice(0, mostAnnotations - 1)
  const rest = all.length - shown.length
  const said = `${rest} more are in the job's summary and in report.html`
  return [...shown, { level: all[mostAnnotations - 1]!.level, title: 'and more', said, at: undefined }]
}

function annotationsOf(result: RunResult): Annotation[] {
  const ofScenarios = result.scenarios.flatMap(ofScenario)
  if (result.ending === 'finished' || ofScenarios.length > 0) return ofScenarios
  const said = result.ending === 'failed' ? 'the harness failed' : 'the run was interrupted'
  return [{ level: 'error', title: 'saeol-chaos', said, at: undefined }]
}

/** The verdict first, then each check that made it so. */
function ofScenario(scenario: ScenarioResult): Annotation[] {
  const { verdict, said, arms, definedAt: at } = scenario
  if (verdict === 'holds') return []
  const level = verdict === 'inconclusive' ? 'warning' : 'error'
  const checks = arms.flatMap((arm) => ofChecks(arm).map((one) => ({ level, at, ...one }) as const))
  return [{ level, title: `${scenario.scenario} ${verdict}`, said, at }, ...checks]
}

function ofChecks({ arm, checks }: ArmResult): Pick<Annotation, 'title' | 'said'>[] {
  return checks
    .filter((check) => readCheck(arm, check).meaning === 'unwanted')
    .map((check) => ({ title: `${arm}: ${check.check}`, said: check.said }))
}

/**
 * A workflow command. Its escapes are those of GitHub's own toolkit:
 * https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
function command({ level, title, said, at }: Annotation): string {
  const properties = {
    ...(at !== undefined && { file: at.file, line: String(at.line) }),
    title,
  }
  const list = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${level} ${list.join(',')}::${data(said)}`
}

function data(raw: string): string {
  return raw.toWellFormed().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(raw: string): string {
  return data(raw).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
