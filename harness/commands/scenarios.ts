import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BadInput, messageOf } from '../errors.ts'
import { makePlan, type PlanOptions, unknownKnobs } from '../experiment/make-plan.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { System } from '../model/system.ts'
import { unknown } from '../near-miss.ts'

/** A project's scenarios: what `scenarios/index.ts` exports. The engine finds them by path, it imports none by name. */
export interface ScenarioModule {
  readonly scenarios: readonly Scenario[]
  /** Names of those that `run` takes when none is named. */
  readonly gate: readonly string[]
}

/**
 * Loads `index.ts` (or `index.js`) of the scenarios directory: `--scenarios`, else `scenarios/` below the working
 * directory, else the project's own.
 * @throws BadInput when there is none or it exports no scenarios.
 */
export async function loadScenarios(dir: string | undefined): Promise<ScenarioModule> {
  const own = resolve(import.meta.dirname, '..', '..', 'scenarios')
  const places = dir === undefined ? [resolve('scenarios'), own] : [resolve(dir)]
  const entries = places.flatMap((place) => ['index.ts', 'index.js'].map((file) => join(place, file)))
  const entry = entries.find((file) => existsSync(file))
  if (entry === undefined) throw new BadInput([`no scenarios: none of ${entries.join(', ')} is there`])
  try {
    const module = (await import(pathToFileURL(entry).href)) as Partial<ScenarioModule>
    if (!Array.isArray(module.scenarios) || module.scenarios.length === 0)
      throw new Error("it exports no 'scenarios' (an array of defineScenario(…))")
    const scenarios = module.scenarios as readonly Scenario[]
    return { scenarios, gate: module.gate ?? scenarios.map(({ name }) => name) }
  } catch (error) {
    throw new BadInput([`cannot load ${entry}: ${messageOf(error)}`])
  }
}

/** The scenarios named, or the gate's. @throws BadInput listing every unknown name. */
export function choose({ scenarios, gate }: ScenarioModule, names: readonly string[]): Scenario[] {
  const known = scenarios.map(({ name }) => name)
  const wanted = names.length > 0 ? [...new Set(names)] : gate
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
    if ('plan' in planned) return [{ plan: planned.plan, system: scenario.system }]
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
