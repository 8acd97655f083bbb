import { existsSync } from 'node:fs'
import { BadInput, exitCode, messageOf } from '../errors.ts'
import { baselineOf, compareRuns } from '../judging/compare.ts'
import type { RunResult } from '../model/result.ts'
import { comparisonView } from '../reporters/comparison-view.ts'
import type { ReporterOutput } from '../reporters/reporter.ts'
import { paint } from '../reporters/terminal/paint.ts'
import { writeWhole } from '../reporters/write-file.ts'
import { readBaseline } from './compare.ts'

interface Options {
  readonly baseline?: string
  readonly updateBaseline: boolean
}

/**
 * `--baseline` and `--update-baseline`: what becomes of a run's result beside the one that is kept.
 * @returns what is to be done when the run is over; it gives the exit code
 * @throws BadInput before anything starts, where there is nothing to compare with
 */
export async function besideBaseline({
  baseline: file,
  updateBaseline: update,
}: Options): Promise<(result: RunResult, output: ReporterOutput) => Promise<number>> {
  if (file === undefined) {
    if (update) throw new BadInput(['--update-baseline needs --baseline <file>, which it writes'])
    return async (result) => result.exitCode
  }
  if (update) return (result, output) => keep(file, result, output)
  if (!existsSync(file))
    throw new BadInput([`--baseline: there is no ${file}; --update-baseline writes it, of a run that holds`])
  const before = await readBaseline(file).catch((error: unknown) => {
    throw new BadInput([`--baseline: ${messageOf(error)}`])
  })
  return async (result, output) => {
    const comparison = compareRuns(before, baselineOf(result))
    output.write(`\n${comparisonView(comparison, paint(output.colour), false)}`)
    // The run's own verdict counts for more: what it says of a part of the evidence is no comparison.
    return result.exitCode === exitCode.holds ? comparison.exitCode : result.exitCode
  }
}

async function keep(file: string, result: RunResult, output: ReporterOutput): Promise<number> {
  if (result.exitCode === exitCode.holds) {
    await writeWhole(file, `${JSON.stringify(baselineOf(result), null, 2)}\n`)
    output.write(`baseline written: ${file}\n`)
  } else output.write(`baseline not written, as the run does not hold: ${file}\n`)
  return result.exitCode
}
