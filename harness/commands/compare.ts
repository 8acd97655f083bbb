import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { examples } from '../called.ts'
import { BadInput, messageOf } from '../errors.ts'
import { baselineOf, compareRuns, usualMargin } from '../judging/compare.ts'
import { judgeJournal } from '../judging/judge-journal.ts'
import type { Baseline } from '../model/comparison.ts'
import { comparisonView } from '../reporters/comparison-view.ts'
import { reporterOutput } from '../reporters/output.ts'
import { paint as paintFor } from '../reporters/terminal/paint.ts'

export const compareCommand = new Command('compare')
  .description('compares two runs, check by check: better, worse, or not told apart')
  .argument('<before>', "a run's directory, or a file of --update-baseline")
  .argument('<after>', 'likewise')
  .addOption(
    new Option(
      '--margin <share>',
      'by how much latencies and rates must lie apart, as hosts are not always alike',
    )
      .default(usualMargin, '20%')
      .argParser(shareOf),
  )
  .option('--json', 'as JSON', false)
  .option('--verbose', 'also what could not be told apart', false)
  .addHelpText(
    'after',
    `${examples(
      ['compare .chaos/runs/<id> .chaos/latest', 'is the last run worse?'],
      ['compare chaos-baseline.json .chaos/latest', 'worse than what is committed?'],
    )}

Exit codes: 0 nothing is worse · 1 something is worse · 4 bad input · 5 harness error`,
  )
  .action(
    async (before: string, after: string, options: { margin: number; json: boolean; verbose: boolean }) => {
      const read = await Promise.allSettled([readBaseline(before), readBaseline(after)])
      const problems = read.flatMap((one) => (one.status === 'rejected' ? [messageOf(one.reason)] : []))
      if (problems.length > 0) throw new BadInput(problems)
      const [old, now] = read.map((one) => (one as PromiseFulfilledResult<Baseline>).value)
      const comparison = compareRuns(old!, now!, options.margin)
      const output = reporterOutput(process.stdout, process.env)
      output.write(
        options.json
          ? `${JSON.stringify(comparison, null, 2)}\n`
          : comparisonView(comparison, paintFor(output.colour), options.verbose),
      )
      process.exitCode = comparison.exitCode
    },
  )

/** `20%` or `0.2`. @throws BadInput for what is no share of 0 or more */
function shareOf(typed: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(typed.trim()) ?? []
  if (digits === undefined)
    throw new BadInput([`--margin must be a share such as 20% or 0.2, not '${typed}'`])
  return Number(digits) / (percent === '' ? 1 : 100)
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
