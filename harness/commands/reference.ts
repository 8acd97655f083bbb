import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { called } from '../called.ts'
import { projectRoot } from '../project-root.ts'
import { reporterOutput } from '../reporters/output.ts'

export const referenceCommand = new Command('reference')
  .description(
    'the whole of it on one page, for people and coding agents: what can be imported, every command',
  )
  .action((_options: object, command: Command) => {
    const page = readFileSync(join(projectRoot(import.meta.filename), 'docs', 'reference.md'), 'utf8')
    reporterOutput(process.stdout, process.env).write(`${page}\n${commandsPage(command.parent!)}`)
  })

/** Every command with its options, as `--help` tells them. */
function commandsPage(program: Command): string {
  const sections = program.commands.map((command) => {
    const usage = called(`${command.name()} ${command.usage()}`)
    const options = command.options.map(({ flags, description }) => `- \`${flags}\`: ${description}`)
    return [
      `### \`${usage}\``,
      '',
      command.description(),
      ...(options.length > 0 ? ['', ...options] : []),
    ].join('\n')
  })
  return `## Commands\n\n${sections.join('\n\n')}\n`
}
