import { type Command, InvalidArgumentError, Option } from 'commander'
import { BadInput } from '../errors.ts'
import { drivers } from '../load/drivers.ts'
import { unknown } from '../near-miss.ts'
import { runtimeNames, toxiproxyNames } from '../runtimes/choose.ts'

/** `--set key=value`, any number of times. */
export const setOption = new Option('--set <key=value>', "sets one of a scenario's knobs; may be given again")
  .default({}, 'the knobs as the scenario declares them')
  .argParser((typed: string, before: Record<string, string>) => {
    const at = typed.indexOf('=')
    if (at <= 0) throw new InvalidArgumentError(`'${typed}' is not key=value, such as officials=40/s`)
    return { ...before, [typed.slice(0, at).trim()]: typed.slice(at + 1).trim() }
  })

export const scenariosOption = new Option(
  '--scenarios <dir>',
  "directory with the scenarios, or 'built-in' for those of this package (default: ./scenarios)",
)

export const runtimeOption = new Option(
  '--runtime <name>',
  'where services run; auto: containers if they can be had, else processes',
)
  .choices([...runtimeNames])
  .default('auto')
  .env('SAEOL_CHAOS_RUNTIME')

export const withoutOption = new Option('--without <measure>', 'takes a measure away; may be given again')
  .default([] as string[], 'none')
  .argParser((typed: string, before: string[]) => [...before, ...names(typed)])

/** `a,b` as a list. */
export function names(typed: string): string[] {
  return typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** @throws BadInput unless every name is known. */
export function mustKnow(what: string, wanted: readonly string[], known: readonly string[]): void {
  const problems = wanted.filter((name) => !known.includes(name)).map((name) => unknown(what, name, known))
  if (problems.length > 0) throw new BadInput(problems)
}

/** A whole number as typed. @throws BadInput naming the option */
export function wholeNumber(option: string, atLeast: number): (typed: string) => number {
  return (typed) => {
    const number = /^\d+$/.test(typed.trim()) ? Number(typed) : Number.NaN
    if (!(number >= atLeast))
      throw new BadInput([`${option} must be a whole number, ${atLeast} or more, not '${typed}'`])
    return number
  }
}

/** A share as typed, `20%` or `0.2`. @throws BadInput naming the option, for what is no share of 0 or more */
export function shareOf(option: string): (typed: string) => number {
  return (typed) => {
    const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(typed.trim()) ?? []
    if (digits === undefined)
      throw new BadInput([`${option} must be a share such as 20% or 0.2, not '${typed}'`])
    return Number(digits) / (percent === '' ? 1 : 100)
  }
}

export const parallelOption = new Option(
  '--parallel <n>',
  "how many arms run side by side; auto: as many as this process's CPUs have room for",
)
  .default('auto')
  .env('SAEOL_CHAOS_PARALLEL')
  .argParser((typed: string) => (typed === 'auto' ? typed : wholeNumber('--parallel', 1)(typed)))

export const seedOption = new Option('--seed <seed>', 'fixes arrivals, jitter and toxicity draws')
  .default('2023-11-17')
  .env('SAEOL_CHAOS_SEED')

export const outOption = new Option('--out <dir>', 'where runs are kept')
  .default('.chaos')
  .env('SAEOL_CHAOS_OUT')

export const keepRunsOption = new Option(
  '--keep-runs <n>',
  'removes the oldest runs there when this one is over, but for the last n',
).argParser(wholeNumber('--keep-runs', 1))

export const retryOption = new Option(
  '--retry-inconclusive <n>',
  'repeats a void arm, up to n times, where a repeat can help',
)
  .default(0)
  .argParser(wholeNumber('--retry-inconclusive', 0))

export const toxiproxyOption = new Option('--toxiproxy <which>', 'which Toxiproxy')
  .choices([...toxiproxyNames])
  .default('embedded')

export const driverOption = new Option(
  '--driver <name>',
  `load driver, of ${drivers.map(({ name }) => name).join(', ')}`,
).default('builtin')

/** What the options say that every command which runs arms has; `--json` is one of its own, for its words. */
export interface ArmOptions {
  readonly seed: string
  readonly set: Record<string, string>
  readonly out: string
  readonly json: boolean
  readonly parallel: number | 'auto'
  readonly runtime: (typeof runtimeNames)[number]
  readonly toxiproxy: (typeof toxiproxyNames)[number]
  readonly driver: string
  readonly scenarios?: string
}

/** Gives a command the options of {@link ArmOptions}, but for `--json`. */
export function takesArmOptions(command: Command): void {
  for (const option of [
    seedOption,
    setOption,
    outOption,
    parallelOption,
    runtimeOption,
    toxiproxyOption,
    driverOption,
    scenariosOption,
  ])
    command.addOption(option)
}

export const baselineOption = new Option(
  '--baseline <file>',
  'compares with the run that is kept there: exit 1 where something is worse',
)
