import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { examples } from '../called.ts'
import { BadInput, messageOf } from '../errors.ts'
import { baselineOf, compareRuns, usualMargin } from '../judging/compare.ts'
import { judgeJournal } from '../judging/judge-journal.ts'
import type { Baseline } from '../model/comparison.ts'
import { designs } from '../model/measure-sets.ts'
import { comparisonView } from '../reporters/comparison-view.ts'
import { reporterOutput } from '../reporters/output.ts'
import { paint as paintFor } from '../reporters/terminal/paint.ts'
import { compareSets, type SetsOptions } from './measure-sets.ts'
import { names, retryOption, shareOf, takesArmOptions, wholeNumber } from './options.ts'

interface Options extends SetsOptions {
  margin: number
  verbose: boolean
}

export const compareCommand = new Command('compare')
  .description(
    'compares two runs, check by check; or, of one scenario, sets of its measures: which are needed, what each adds',
  )
  .argument('<before>', "a run's directory or a file of --update-baseline; or a scenario")
  .argument('[after]', 'the other run')
  .addOption(
    new Option(
      '--margin <share>',
      'of runs: by how much latencies and rates must lie apart, as hosts are not always alike',
    )
      .default(usualMargin, '20%')
      .argParser(shareOf('--margin')),
  )
  .option('--json', 'as JSON', false)
  .option('--verbose', 'of runs: also what could not be told apart', false)
  .option('--measures <a,b>', 'of a scenario: only these; its others are off (default: all)', names)
  .addOption(
    new Option(
      '--design <name>',
      'of a scenario: every set, or those without one measure, or those of one (default: full of three measures, else one-out)',
    ).choices([...designs]),
  )
  .addOption(
    new Option('--seeds <n>', 'of a scenario: how many seeds; one does not tell how they scatter')
      .default(3)
      .argParser(wholeNumber('--seeds', 1)),
  )
  .addOption(retryOption)
  .addHelpText(
    'after',
    `${examples(
      ['compare .chaos/runs/<id> .chaos/latest', 'is the last run worse?'],
      ['compare chaos-baseline.json .chaos/latest', 'worse than what is committed?'],
      ['compare 17-nov-gpki-stall', 'which of its measures are needed, and what does each add?'],
    )}

Exit codes, of runs: 0 nothing is worse · 1 something is worse · 4 bad input · 5 harness error
of a scenario: 0 a set holds everything · 1 none does · 2 undecided · 4 bad input · 5 harness error · 130 interrupted`,
  )
  .action(async (before: string, after: string | undefined, options: Options) => {
    if (after !== undefined) process.exitCode = await compareTwo(before, after, options)
    else if (existsSync(before))
      throw new BadInput([`${before} is one run: name a second one to compare it with, or a scenario`])
    else process.exitCode = await compareSets(before, options)
  })
takesArmOptions(compareCommand)

/** @returns the exit code */
async function compareTwo(
  before: string,
  after: string,
  { margin, json, verbose }: Pick<Options, 'margin' | 'json' | 'verbose'>,
): Promise<number> {
  const read = await Promise.allSettled([readBaseline(before), readBaseline(after)])
  const problems = read.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []))
  if (problems.length > 0) throw new BadInput(problems)
  const [old, now] = read.map((one) => (one as PromiseFulfilledResult<Baseline>).value)
  const comparison = compareRuns(old!, now!, margin)
  const output = reporterOutput(process.stdout, process.env)
  output.write(
    json
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : comparisonView(comparison, paintFor(output.colour), verbose),
  )
  return comparison.exitCode
}

/** As far as it must be right to be compared; what else is in it came of this program. */
const shape = z.looseObject({
  version: z.literal(1),
  run: z.string(),
  scenarios: z.array(
    z.looseObject({
      scenario: z.string(),
      effects: z.array(z.looseObject({ journey: z.string() })),
      arms: z.array(z.looseObject({ arm: z.string(), checks: z.array(z.looseObject({ id: z.string() })) })),
    }),
  ),
})

/**
 * A run's directory, which is judged again from its journal, or a file that `--update-baseline` wrote.
 * @throws Error that names the path and what to name instead
 */
export async function readBaseline(path: string): Promise<Baseline> {
  if (!existsSync(path)) throw new Error(`there is no ${path}: name a run's directory, or a baseline's file`)
  if (statSync(path).isDirectory()) {
    const journal = join(path, 'journal.jsonl')
    if (!existsSync(journal)) throw new Error(`there is no journal in ${path}: it is no run's directory`)
    return baselineOf(await judgeJournal(journal))
  }
  let written: unknown
  try {
    written = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new Error(`${path} is no JSON: ${messageOf(error)}`)
  }
  const parsed = shape.safeParse(written)
  if (parsed.success) return parsed.data as unknown as Baseline
  const [issue] = parsed.error.issues
  throw new Error(
    `${path} is no baseline of this version (${issue!.path.join('.') || 'at its top'}: ${issue!.message}); 'run --update-baseline' writes one`,
  )
}
