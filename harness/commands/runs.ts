import { Command } from 'commander'
import { examples } from '../called.ts'
import { type KeptRun, keptRuns } from '../experiment/kept-runs.ts'
import { lengthOf } from '../reporters/figures.ts'
import { reporterOutput } from '../reporters/output.ts'
import { readVerdict, signed } from '../reporters/reading.ts'
import { oneLine } from '../reporters/terminal/one-line.ts'
import { outOption } from './options.ts'

export const runsCommand = new Command('runs')
  .description('the runs that are kept: what each came to, and how much room it takes')
  .addOption(outOption)
  .option('--json', 'as JSON', false)
  .addHelpText(
    'after',
    examples(
      ['runs', 'the oldest first'],
      ['run --keep-runs 20', 'runs the gate, and keeps the last twenty'],
    ),
  )
  .action((options: { out: string; json: boolean }) => {
    const runs = keptRuns(options.out)
    const output = reporterOutput(process.stdout, process.env)
    if (options.json) output.write(`${JSON.stringify(runs, null, 2)}\n`)
    else if (runs.length === 0) output.write(`there are no runs in ${options.out}\n`)
    else output.write(`${[...runs.map(line), total(runs)].join('\n')}\n`)
  })

function line({ id, result, scenarios, bytes }: KeptRun): string {
  const size = mebibytes(bytes).padStart(9)
  if (result === null) return `${oneLine(id)}  ${size}  – no result: it is under way, or was killed`
  const said = result.ending === 'finished' ? signed(readVerdict(result.verdict)) : `? ${result.ending}`
  const names = scenarios.length === 0 ? 'no scenario' : scenarios.map(oneLine).join(', ')
  return `${oneLine(id)}  ${size}  ${said}  ${lengthOf(result.tookMs)}  ${names}`
}

function total(runs: readonly KeptRun[]): string {
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0)
  return `${runs.length} kept, ${mebibytes(bytes)} in all`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
