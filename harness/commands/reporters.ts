import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Option } from 'commander'
import { BadInput, messageOf } from '../errors.ts'
import { unknown } from '../near-miss.ts'
import { reporters, usualReporters } from '../reporters/index.ts'
import { languages, type Reporter, type ReporterOutput } from '../reporters/reporter.ts'
import { names } from './options.ts'

/** `--reporter console,junit=build/junit.xml`. */
export const reporterOption = new Option(
  '--reporter <names>',
  `reporters, of ${Object.keys(reporters).join(', ')}; one that writes a file takes name=path`,
)
  .default(
    usualReporters(process.env),
    `${usualReporters({}).join(', ')}; github where GITHUB_ACTIONS is true`,
  )
  .env('SAEOL_CHAOS_REPORTER')
  .argParser(names)

/** `--lang ko`. */
export const langOption = new Option('--lang <language>', 'the language that report.html opens in')
  .choices([...languages])
  .default('en')

/**
 * Makes the reporters that were typed. The directory of a file that is asked for is made now, so that a report is not
 * missed only when the run is over.
 * @param typed names, each with `=path` where one was given
 * @throws BadInput naming every problem
 * @example
 * const make = reportersOf(['console', 'junit=build/junit.xml'])
 * const made = make(output)
 */
export function reportersOf(typed: readonly string[]): (output: ReporterOutput) => Reporter[] {
  const problems: string[] = []
  const wanted = typed.map((one) => {
    const at = one.indexOf('=')
    return at < 0 ? { name: one } : { name: one.slice(0, at).trim(), path: one.slice(at + 1).trim() }
  })
  for (const { name, path } of wanted) {
    const known = reporters[name]
    if (known === undefined) problems.push(unknown('reporter', name, Object.keys(reporters)))
    else if (path !== undefined) problems.push(...problemsOf(name, path, known.writes !== undefined))
    problems.push(...(known?.problems?.(process.env) ?? []))
  }
  const paths = wanted.flatMap(({ path }) => (path ? [resolve(path)] : []))
  for (const path of new Set(paths.filter((one, i) => paths.indexOf(one) !== i)))
    problems.push(`two reporters write ${path}`)
  if (problems.length > 0) throw new BadInput(problems)
  return (output) =>
    wanted.map(({ name, path }) =>
      reporters[name]!.factory(path === undefined ? output : { ...output, path: resolve(path) }),
    )
}

function problemsOf(name: string, path: string, writes: boolean): string[] {
  if (!writes) return [`reporter '${name}' writes no file, so '${name}=${path}' cannot be`]
  if (path === '') return [`reporter '${name}=' names no file: ${name}=build/${reporters[name]!.writes}`]
  if (existsSync(path) && statSync(path).isDirectory())
    return [`reporter '${name}' is to write ${path}, which is a directory`]
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    return []
  } catch (error) {
    return [`reporter '${name}' cannot write ${path}: ${messageOf(error)}`]
  }
}
