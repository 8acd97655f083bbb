import { relative } from 'node:path'
import { sizingProblems } from '../checks/sizing.ts'
import { messageOf } from '../errors.ts'
import type { Plan } from '../model/plan.ts'
import type { Place, Scenario, ScenarioBody } from '../model/scenario.ts'
import { partOf, type System } from '../model/system.ts'
import { kindsItLacks } from '../runtimes/kinds.ts'
import { settleActions } from './plan/actions.ts'
import { checkProblems } from './plan/checks.ts'
import { type Abilities, broughtBy, settleFaults } from './plan/faults.ts'
import { settleKnobs, type Typed } from './plan/knobs.ts'
import { linkProblems } from './plan/links.ts'
import { settleLoad } from './plan/load.ts'
import { nameProblems } from './plan/names.ts'
import { serviceProblems } from './plan/services.ts'
import { storyOf } from './plan/story.ts'
import { environmentProblems, measureProblems, partProblems, systemProblems } from './plan/system.ts'

export interface PlanOptions extends Abilities {
  readonly set: Typed
  readonly without: readonly string[]
  readonly faultsOn: boolean
}

/**
 * Settles a scenario and looks for every problem before anything starts.
 * @returns the plan with the part of the system that it brings up, or all problems in words
 */
export function makePlan(
  scenario: Scenario,
  options: PlanOptions,
): { plan: Plan; system: System } | { problems: string[] } {
  const problems: string[] = []
  const knobs = settleKnobs(scenario, options.set, problems)
  let body: ScenarioBody
  try {
    body = scenario.build(knobs)
  } catch (error) {
    return { problems: [...problems, messageOf(error)].map((problem) => `${scenario.name}: ${problem}`) }
  }
  const system = partOf(scenario.system, body.services ?? [])
  const story = storyOf(body, problems)
  const { acts } = story
  const load = settleLoad(story, system, problems)
  const faults = settleFaults(story, system, options, problems)
  const journeys = [...new Set([...load.map(({ journey }) => journey), ...broughtBy(faults)])]
  const measures = body.measures.map(({ name }) => name)
  const actions = settleActions(story, { system, faults, measures }, options, problems)
  const checks = story.checks.map(({ check }) => check)
  problems.push(...partProblems(body, scenario.system))
  problems.push(...kindsItLacks(system, options))
  problems.push(...serviceProblems(system))
  problems.push(...linkProblems(system))
  problems.push(...nameProblems(scenario, body, system))
  problems.push(...systemProblems(system))
  problems.push(...environmentProblems(body, system))
  problems.push(...measureProblems(body, scenario.system, options.without))
  problems.push(...checkProblems(story, system, journeys, measures, faults))
  if (problems.length === 0) problems.push(...sizingProblems({ checks, load, faults, acts }))
  if (problems.length > 0) return { problems: problems.map((problem) => `${scenario.name}: ${problem}`) }
  return {
    system,
    plan: {
      scenario: scenario.name,
      title: scenario.title,
      ...(scenario.definedAt !== undefined && { definedAt: fromHere(scenario.definedAt) }),
      facts: scenario.facts,
      system: system.name,
      knobs,
      acts,
      load,
      faults: options.faultsOn ? faults : [],
      actions: options.faultsOn ? actions : [],
      measures: body.measures.filter(({ name }) => !options.without.includes(name)),
      without: options.without.filter((name) => measures.includes(name)),
      faultsOn: options.faultsOn,
      ...(body.environment !== undefined && { environment: body.environment }),
      ...(body.counterfactual === true && { counterfactual: true as const }),
      checks,
      baselineAtLeast: body.baselineAtLeast ?? 0.9,
    },
  }
}

/** As a pipeline names files: from where it was started, with slashes. */
function fromHere({ file, line }: Place): Place {
  return { file: relative('', file), line }
}
