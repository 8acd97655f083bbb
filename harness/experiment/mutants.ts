import { createHash } from 'node:crypto'
import { type Arm, gateArms } from '../model/arms.ts'
import type { CheckSpec } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { System } from '../model/system.ts'
import { knobValue } from './plan/knobs.ts'
import { storyOf } from './plan/story.ts'

/** One deliberate change to a scenario, or several that different guards must notice, run in one go. */
export interface Mutant {
  /** `sabotage accepts-any-password`, `without password-fallback`; packed ones joined by ` + `. */
  readonly name: string
  readonly scenario: string
  readonly sabotages: readonly string[]
  /** The measure that is off; null where sabotages are on. */
  readonly without: string | null
  /** The arms that decide it. */
  readonly arms: readonly Arm[]
  /** The plan it runs, under a name of its own. */
  readonly plan: Plan
}

/**
 * Everything that can be broken in a scenario, one at a time: each sabotage that one of its guards names on, each of its
 * measures off. A sabotage that no guard of any scenario names is put to every scenario, where something may notice it.
 * @param only of these sabotages and measures; default: of all
 * @param unnamed sabotages that no guard of any chosen scenario names
 * @param pack puts sabotages that different guards must notice into one mutant
 */
export function mutantsOf(
  plan: Plan,
  system: System,
  options: { only?: readonly string[]; pack: boolean; unnamed: readonly string[] },
): Mutant[] {
  const wanted = (name: string): boolean => options.only === undefined || options.only.includes(name)
  const named = namedBy(plan.checks)
  const known = system.sabotages?.names ?? []
  const alone = [...named.keys(), ...options.unnamed].filter((name) => known.includes(name) && wanted(name))
  const groups = options.pack ? packed(alone, named) : alone.map((name) => [name])
  return [
    ...groups.map((sabotages): Mutant => {
      const name = `sabotage ${sabotages.join(' + ')}`
      const guards = sabotages.flatMap((sabotage) => named.get(sabotage) ?? [])
      return { ...base(plan, name), sabotages, without: null, arms: armsFor(guards) }
    }),
    ...plan.measures
      .map(({ name }) => name)
      .filter(wanted)
      .map((measure): Mutant => {
        const arm: Arm = plan.measures.length === 1 ? 'untreated' : `without-${measure}`
        return { ...base(plan, `without ${measure}`), sabotages: [], without: measure, arms: [arm] }
      }),
  ]
}

/** Sabotages that a check of some scenario names, of the whole or of an act, chosen or not: they are its business. */
export function sabotagesNamedIn(scenarios: readonly Scenario[]): ReadonlySet<string> {
  const knobsOf = ({ knobs }: Scenario) =>
    Object.fromEntries(Object.entries(knobs).map(([name, knob]) => [name, knobValue(knob, knob.default)]))
  return new Set(
    scenarios.flatMap((scenario) => {
      const { checks } = storyOf(scenario.build(knobsOf(scenario)), [])
      return checks.flatMap(({ check }) => check.sabotages ?? [])
    }),
  )
}

/** The unchanged scenario: shows which checks deviate without any mutant. */
export function unmutated(plan: Plan): Mutant {
  return { ...base(plan, 'as it is'), sabotages: [], without: null, arms: ['control', 'treated'] }
}

function base(plan: Plan, name: string): Pick<Mutant, 'name' | 'scenario' | 'plan'> {
  return { name, scenario: plan.scenario, plan: { ...plan, scenario: `${plan.scenario}.${slugOf(name)}` } }
}

/** Longest slug, in bytes; a directory's name may have 255, and the scenario's own stands in front of it. */
const slugBytes = 150

/** A mutant's name as a directory may be called; no two mutants of a scenario have the same. */
function slugOf(name: string): string {
  const short = shortened(name)
  const slug = short.replaceAll(/[^\w.]+/g, '-')
  // Letters that are no ASCII would all become one '-'.
  if (slug.length <= slugBytes && !/[^\w.+ -]/.test(short)) return slug
  return `${slug.slice(0, slugBytes - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

/** No two mutants of a scenario begin alike. */
function shortened(name: string): string {
  const [first, ...more] = name.split(' + ')
  return more.length > 2 ? `${first} and ${more.length} more` : name
}

/** Guards by the sabotage that they name. */
function namedBy(checks: readonly CheckSpec[]): Map<string, CheckSpec[]> {
  const named = new Map<string, CheckSpec[]>()
  for (const check of checks)
    for (const sabotage of check.sabotages ?? []) named.set(sabotage, [...(named.get(sabotage) ?? []), check])
  return named
}

/** The arms in which these guards apply: treated, or control for what speaks of an arm without a fault. */
function armsFor(guards: readonly CheckSpec[]): Arm[] {
  const arms = new Set(guards.map(({ where }): Arm => (where?.fault === false ? 'control' : 'treated')))
  return guards.length === 0 ? ['treated'] : gateArms.filter((arm) => arms.has(arm))
}

/** Puts each sabotage into the first group in which no guard is named twice. */
function packed(names: readonly string[], named: ReadonlyMap<string, readonly CheckSpec[]>): string[][] {
  const groups: { names: string[]; guards: Set<string> }[] = []
  for (const name of names) {
    const guards = (named.get(name) ?? []).map(({ id }) => id)
    // A sabotage that no guard names may be noticed by any check, so it runs alone.
    const group =
      guards.length === 0
        ? undefined
        : groups.find((one) => one.guards.size > 0 && guards.every((id) => !one.guards.has(id)))
    if (group === undefined) groups.push({ names: [name], guards: new Set(guards) })
    else {
      group.names.push(name)
      for (const id of guards) group.guards.add(id)
    }
  }
  return groups.map((group) => group.names)
}
