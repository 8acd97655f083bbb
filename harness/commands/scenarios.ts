import { existsSync, realpathSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BadInput, messageOf } from '../errors.ts'
import { makePlan, type PlanOptions } from '../experiment/make-plan.ts'
import { unknownKnobs } from '../experiment/plan/knobs.ts'
import { forBuiltIn, lacking } from '../few-need.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { System } from '../model/system.ts'
import { unknown } from '../near-miss.ts'
import { syntaxErrorWords } from './syntax-error.ts'

/** A project's scenarios: what `scenarios/index.ts` exports. The engine finds them by path, it imports none by name. */
export interface ScenarioModule {
  readonly scenarios: readonly Scenario[]
  /** Names of those that `run` takes when none is named. */
  readonly gate: readonly string[]
}

/** `--scenarios built-in`: those of this package, wherever one is. */
export const builtIn = 'built-in'
const own = resolve(import.meta.dirname, '..', '..', 'scenarios')

/**
 * Loads `index.ts` (or `index.js`) of the scenarios directory: `--scenarios`, else `scenarios/` below the working
 * directory. Those of this package only in its own checkout or by name, so that nobody's pipeline is green for a system
 * that is not theirs: by `--scenarios built-in`, or as `wanted`.
 * @param wanted names of scenarios, where some were given
 * @throws BadInput when there is none, it exports no scenarios, or two of them have one name.
 */
export async function loadScenarios(
  dir: string | undefined,
  wanted: readonly string[] = [],
): Promise<ScenarioModule> {
  if (dir === builtIn) return load(entriesOf(own)[0]!)
  const places =
    dir !== undefined
      ? [resolve(dir)]
      : isBelow(process.cwd(), resolve(own, '..'))
        ? [resolve('scenarios'), own]
        : [resolve('scenarios')]
  const [entry] = places.flatMap(entriesOf)
  if (entry !== undefined) return load(entry)
  const looked = places.flatMap((place) => files.map((file) => join(place, file)))
  const problem = `no scenarios: none of ${looked.join(', ')} is there`
  if (dir !== undefined) throw new BadInput([problem])
  // What they are made of is not there for everybody; then they are not looked into.
  const shipped = builtInLacks() === undefined ? await load(entriesOf(own)[0]!) : undefined
  if (shipped === undefined)
    throw new BadInput([
      `${problem}; name their directory with --scenarios <dir> ('${builtIn}': those of this package)`,
    ])
  const names = shipped.scenarios.map(({ name }) => name)
  if (wanted.length > 0 && wanted.every((name) => names.includes(name))) return shipped
  throw new BadInput([
    `${problem}; name their directory with --scenarios <dir>, or '--scenarios ${builtIn}' for those of this package: ${names.join(', ')}`,
  ])
}

const files = ['index.ts', 'index.js']
const entriesOf = (place: string): string[] =>
  files.map((file) => join(place, file)).filter((file) => existsSync(file))

function isBelow(dir: string, root: string): boolean {
  const path = relative(realpathSync(root), realpathSync(dir))
  return path === '' || !(path.startsWith('..') || isAbsolute(path))
}

function builtInLacks(): string | undefined {
  return lacking("this package's own network needs", forBuiltIn)
}

async function load(entry: string): Promise<ScenarioModule> {
  const absent = isBelow(entry, own) ? builtInLacks() : undefined
  if (absent !== undefined) throw new BadInput([absent])
  try {
    const module = (await import(pathToFileURL(entry).href)) as Partial<ScenarioModule>
    if (!Array.isArray(module.scenarios) || module.scenarios.length === 0)
      throw new Error("it exports no 'scenarios' (an array of defineScenario(…))")
    const scenarios = module.scenarios as readonly Scenario[]
    const twice = scenarios.filter((one, i) => scenarios.findIndex(({ name }) => name === one.name) < i)
    if (twice.length > 0)
      throw new Error(
        twice
          .map(({ name }) => {
            const titles = scenarios.filter((one) => one.name === name).map(({ title }) => `'${title}'`)
            return `${titles.length} scenarios are called '${name}': ${titles.join(', ')}`
          })
          .join('; '),
      )
    return { scenarios, gate: module.gate ?? scenarios.map(({ name }) => name) }
  } catch (error) {
    throw new BadInput([`cannot load ${entry}: ${syntaxErrorWords(error, entry) ?? messageOf(error)}`])
  }
}

/**
 * The scenarios named, or the gate's.
 * @param gate of the project's settings, in place of the scenarios' own
 * @throws BadInput listing every unknown name
 */
export function choose(
  { scenarios, gate: own }: ScenarioModule,
  names: readonly string[],
  gate = own,
): Scenario[] {
  const known = scenarios.map(({ name }) => name)
  const wanted = names.length > 0 ? [...new Set(names)] : [...new Set(gate)]
  const problems = wanted
    .filter((name) => !known.includes(name))
    .map((name) => unknown('scenario', name, known))
  if (problems.length > 0) throw new BadInput(problems)
  return wanted.map((name) => scenarios.find((scenario) => scenario.name === name)!)
}

/** Plans every scenario. @throws BadInput listing every problem of every one; nothing was started. */
export function planAll(
  scenarios: readonly Scenario[],
  options: PlanOptions,
): { plan: Plan; system: System }[] {
  const problems = unknownKnobs(scenarios, options.set)
  const plans = scenarios.flatMap((scenario) => {
    const planned = makePlan(scenario, options)
    if ('plan' in planned) return [planned]
    problems.push(...planned.problems)
    return []
  })
  const used = plans.flatMap(({ plan }) => [...plan.measures.map(({ name }) => name), ...plan.without])
  for (const name of options.without)
    if (plans.length === scenarios.length && problems.length === 0 && !used.includes(name))
      problems.push(`--without ${name}: none of the chosen scenarios has this measure`)
  if (problems.length > 0) throw new BadInput([...new Set(problems)])
  return plans
}
