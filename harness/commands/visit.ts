import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { reporterOutput } from '../reporters/output.ts'
import { toldVisits, type VisitName, visitNamed } from '../reporters/told-visits.ts'
import { visitView } from '../reporters/visit-view.ts'

export const visitCommand = new Command('visit')
  .description('what became of one visit in every arm, and what each service said of it')
  .argument('<run-dir>', 'such as .chaos/latest')
  .argument('<visit>', "as the run names it: 'official-issues-certificate #74'")
  .option('--json', 'as JSON', false)
  .addHelpText(
    'after',
    examples(["visit .chaos/latest 'official-issues-certificate #74'", 'one that the run says to look at']),
  )
  .action(async (dir: string, visit: string, options: { json: boolean }) => {
    const name = checked(dir, visit)
    const visits = await toldVisits(dir, [name])
    if (visits.length === 0) throw new BadInput([`${dir} has no visit '${visit}'`])
    const output = reporterOutput(process.stdout, process.env)
    output.write(options.json ? `${JSON.stringify(visits, null, 2)}\n` : visitView(visits, output))
  })

/** @throws BadInput with everything that is wrong */
function checked(dir: string, visit: string): VisitName {
  const journal = join(dir, 'journal.jsonl')
  const name = visitNamed(visit)
  const problems = [
    ...(existsSync(journal)
      ? []
      : [`there is no journal at ${journal}: name a run's directory, such as .chaos/latest`]),
    ...(name === undefined
      ? [`'${visit}' names no visit: write it as the run does, 'official-issues-certificate #74'`]
      : []),
  ]
  if (name === undefined || problems.length > 0) throw new BadInput(problems)
  return name
}
