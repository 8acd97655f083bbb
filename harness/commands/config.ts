import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Command, CommanderError, type Option } from 'commander'
import { z } from 'zod'
import { BadInput, messageOf } from '../errors.ts'
import type { Config } from '../model/config.ts'
import { unknown } from '../near-miss.ts'
import { languages } from '../reporters/reporter.ts'
import { runtimeNames, toxiproxyNames } from '../runtimes/choose.ts'
import {
  baselineOption,
  driverOption,
  keepRunsOption,
  outOption,
  parallelOption,
  retryOption,
  runtimeOption,
  scenariosOption,
  seedOption,
  toxiproxyOption,
} from './options.ts'
import { langOption, reporterOption } from './reporters.ts'
import { syntaxErrorWords } from './syntax-error.ts'

/** In the working directory; the first that is there. */
const files = ['saeol-chaos.config.ts', 'saeol-chaos.config.js', 'saeol-chaos.config.mjs']

const text = z.string().min(1)
const schema = z.strictObject({
  scenarios: text.exactOptional(),
  gate: z.array(text).min(1).exactOptional(),
  out: text.exactOptional(),
  keepRuns: z.number().int().min(1).exactOptional(),
  reporters: z.array(text).min(1).exactOptional(),
  lang: z.enum(languages).exactOptional(),
  seed: text.exactOptional(),
  runtime: z.enum(runtimeNames).exactOptional(),
  toxiproxy: z.enum(toxiproxyNames).exactOptional(),
  driver: text.exactOptional(),
  parallel: z.union([z.literal('auto'), z.number().int().min(1)]).exactOptional(),
  retryInconclusive: z.number().int().min(0).exactOptional(),
  baseline: text.exactOptional(),
}) satisfies z.ZodType<Config>

/** The option that each setting is. */
const optionOf: Readonly<Record<Exclude<keyof Config, 'gate'>, Option>> = {
  scenarios: scenariosOption,
  out: outOption,
  keepRuns: keepRunsOption,
  reporters: reporterOption,
  lang: langOption,
  seed: seedOption,
  runtime: runtimeOption,
  toxiproxy: toxiproxyOption,
  driver: driverOption,
  parallel: parallelOption,
  retryInconclusive: retryOption,
  baseline: baselineOption,
}

/**
 * Gives a command the settings of the project, where nothing was typed and the environment says nothing. With
 * `--print-config` what it then has is printed, each with where it comes from, and nothing is done.
 * @throws BadInput naming everything that is wrong with the file
 */
export async function applyConfig(command: Command): Promise<void> {
  // What has no such option, such as `clean`, does not read it: a file with an error keeps nobody from cleaning up.
  if (!Object.values(optionOf).some((option) => command.options.includes(option))) return
  const file = files.find((name) => existsSync(name))
  const { gate, ...config } = file === undefined ? {} : await read(file)
  for (const [name, value] of Object.entries(config)) {
    const option = optionOf[name as keyof typeof optionOf]
    const attribute = option.attributeName()
    const source = command.getOptionValueSource(attribute)
    if (command.options.includes(option) && (source === undefined || source === 'default'))
      command.setOptionValueWithSource(attribute, value, 'config')
  }
  if (gate !== undefined) command.setOptionValueWithSource('gate', gate, 'config')
  if (command.getOptionValue('printConfig') !== true) return
  process.stdout.write(`${JSON.stringify(effective(command, file), null, 2)}\n`)
  throw new CommanderError(0, 'saeol-chaos.config', '')
}

async function read(file: string): Promise<Config> {
  let module: { default?: unknown }
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as typeof module
  } catch (error) {
    throw new BadInput([`cannot load ${file}: ${syntaxErrorWords(error, file) ?? messageOf(error)}`])
  }
  const parsed = schema.safeParse(module.default)
  if (parsed.success) return parsed.data
  throw new BadInput(
    parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${file}: ${unknown('setting', key, Object.keys(schema.shape))}`)
        : [`${file}: ${issue.path.join('.') || 'its default export'}: ${issue.message}`],
    ),
  )
}

const sources: Readonly<Record<string, string>> = {
  cli: 'typed',
  env: 'environment',
  default: 'default',
}

function effective(command: Command, file: string | undefined): Record<string, unknown> {
  const options = command.options
    .map((option) => option.attributeName())
    .filter((name) => name !== 'printConfig' && command.getOptionValueSource(name) !== undefined)
  return Object.fromEntries(
    [...options, ...(command.getOptionValue('gate') === undefined ? [] : ['gate'])].map((name) => {
      const source = command.getOptionValueSource(name)!
      return [name, { value: command.getOptionValue(name), from: sources[source] ?? file }]
    }),
  )
}
