import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { called, examples } from '../called.ts'
import { BadInput } from '../errors.ts'
import { reporterOutput } from '../reporters/output.ts'
import { writeWhole } from '../reporters/write-file.ts'
import { firstFiles } from './init/files.ts'
import { type Found, lookAround } from './init/look.ts'

export const initCommand = new Command('init')
  .description(
    'writes a first scenario for the project in this directory: its service, what stands behind it, one fault',
  )
  .option('--dir <dir>', 'where scenarios are kept', 'scenarios')
  .addHelpText(
    'after',
    examples(['init', 'looks at package.json, Python modules and .env'], ['run', 'and runs it']),
  )
  .action(async ({ dir }: { dir: string }) => {
    const found = lookAround(process.cwd())
    if (found === undefined)
      throw new BadInput([
        'nothing here tells how the service is started: neither a start script in package.json, nor a Python module with a Flask, FastAPI or Django application that requirements.txt names; docs/your-own-system.md shows how to write it by hand',
      ])
    const files = firstFiles(found)
    const there = Object.keys(files).filter((name) => existsSync(join(dir, name)))
    if (there.length > 0)
      throw new BadInput(there.map((name) => `${join(dir, name)} is there already: nothing was written`))
    mkdirSync(resolve(dir), { recursive: true })
    for (const [name, text] of Object.entries(files)) await writeWhole(join(dir, name), text)
    reporterOutput(process.stdout, process.env).write(told(found, dir, Object.keys(files)))
  })

function told({ argv, path, backings, notes }: Found, dir: string, files: readonly string[]): string {
  const with_ = dir === 'scenarios' ? '' : ` --scenarios ${dir}`
  return `${[
    `found: ${argv.join(' ')}, ready when ${path} answers${backings.map(({ name, variable }) => `; ${name} by ${variable}`).join('')}`,
    ...notes.map((note) => `note: ${note}`),
    `written: ${files.map((file) => join(dir, file)).join(', ')}`,
    '',
    'next:',
    `  ${called(`plan${with_}`)}   what it will do; nothing is started`,
    `  ${called(`run${with_}`)}    exit 1 at first: nothing saves your users yet`,
    `  then let 'fallback' in ${join(dir, 'system.ts')} switch on what does, and run it again`,
  ].join('\n')}\n`
}
