import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { called } from '../called.ts'
import { HarnessError } from '../errors.ts'
import { reporterOutput } from '../reporters/output.ts'

export const referenceCommand = new Command('reference')
  .description(
    'the whole of it on one page, for people and coding agents: what can be imported, every command',
  )
  .action((_options: object, command: Command) => {
    const page = readFileSync(pageFile(), 'utf8')
    reporterOutput(process.stdout, process.env).write(`${page}\n${commandsPage(command.parent!)}`)
  })

/** @throws HarnessError where the package lacks its page */
function pageFile(): string {
  for (let dir = import.meta.dirname; dir !== dirname(dir); dir = dirname(dir)) {
    const file = join(dir, 'docs', 'reference.md')
    if (existsSync(file)) return file
  }
  throw new HarnessError('docs/reference.md is missing from this installation')
}

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
