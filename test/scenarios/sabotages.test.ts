/** `mutate` runs each sabotage that a guard names; here it is seen to that none is forgotten. */
import { expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import { mutantsOf, sabotagesNamedIn } from '../../harness/experiment/mutants.ts'
import { allCapabilities } from '../../harness/model/topology.ts'
import { scenarios } from '../../scenarios/index.ts'
import { sabotageNames } from '../../services/common/sabotage.ts'

function planOf(scenario: (typeof scenarios)[number]) {
  const planned = makePlan(scenario, {
    set: {},
    without: [],
    faultsOn: true,
    capabilities: new Set(allCapabilities),
    runtime: 'processes',
  })
  if (!('plan' in planned)) throw new Error(planned.problems.join('\n'))
  return planned.plan
}

it('every sabotage there is is named by a guard, and every one that is named is there', () => {
  const named = scenarios.flatMap((scenario) =>
    planOf(scenario).checks.flatMap(({ sabotages }) => sabotages ?? []),
  )
  expect(new Set(named)).toEqual(new Set(sabotageNames))
})

it('one that a check names, of the whole or of an act, is put to no scenario that does not name it', () => {
  expect(sabotagesNamedIn(scenarios)).toEqual(new Set(sabotageNames))
})

it('every system says what can be broken in it', () => {
  for (const { system } of scenarios) expect(system.sabotages?.names).toEqual(sabotageNames)
})

it('every mutant has a name of its own that a directory can have', () => {
  const names = scenarios.flatMap((scenario) =>
    mutantsOf(planOf(scenario), scenario.system, { pack: true, unnamed: [] }).map(
      ({ plan }) => plan.scenario,
    ),
  )
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThan(150)
})
