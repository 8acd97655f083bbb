/** Names that no file, proxy or option could have, and names that two things share, are told before anything starts. */
import { describe, expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import { mutantsOf } from '../../harness/experiment/mutants.ts'
import { defineScenario, entrance, measure, type System } from '../../harness/index.ts'
import type { ScenarioBody } from '../../harness/model/scenario.ts'
import { contractSystem } from './fixtures/contract/system.ts'
import { planOptions as options } from './fixtures/plan-options.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

/** Problems of the tiny scenario with another name, another system or other measures. */
function problemsOf(change: {
  name?: string
  system?: System
  body?: Partial<ScenarioBody>
}): readonly string[] {
  const scenario = defineScenario({
    name: change.name ?? 'tiny',
    title: 'tiny',
    facts: [],
    system: change.system ?? tinySystem,
    build: () => ({ ...tinyStall.build({ users: 40 }), ...change.body }),
  })
  const planned = makePlan(scenario, options)
  return 'plan' in planned ? [] : planned.problems
}

const node = tinySystem.services.front!
const withService = (name: string, system: System = tinySystem): System => ({
  ...system,
  services: { ...system.services, [name]: node },
})
const withLink = (...links: System['links']): System => ({
  ...tinySystem,
  links: [...tinySystem.links, ...links],
})
const withMeasure = (name: string) => ({
  system: { ...tinySystem, measures: { ...tinySystem.measures, [name]: tinySystem.measures.fallback! } },
  body: { measures: [measure(name)] },
})

/** What becomes a part of a file's name. */
const unfit: [string, RegExp][] = [
  ['a/b', /a name has no "\/" in it/],
  ['../outside', /a name has no "\/" in it/],
  ['a\\b', /a name has no "\\\\" in it/],
  ['a\nb', /a name has no "\\n" in it/],
  ['a\u2028b', /a name has no "\u2028" in it/],
  ['a\0b', /a name has no "\\u0000" in it/],
  ['a,b', /a name has no "," in it/],
  ['', /it needs a name/],
  ['..', /does not begin with '\.'/],
  ['--out', /does not begin with '\.', '-'/],
  ['a ', /nor end with one/],
  ['x'.repeat(61), /61 bytes are too many for the name of a file: at most 60/],
  ['새'.repeat(21), /63 bytes are too many/],
]

describe('a name', () => {
  it.each(unfit)('%j is refused of a scenario, a service and a measure', (name, why) => {
    for (const [what, problems] of [
      ['scenario', problemsOf({ name })],
      ['service', problemsOf({ system: withService(name) })],
      ['measure', problemsOf(withMeasure(name))],
    ] as const) {
      expect(problems).toEqual([expect.stringMatching(why)])
      expect(problems[0]).toContain(`${what} ${JSON.stringify(name)}`)
    }
  })

  it.each([['새올 행정'], ['17-nov_a.b'], ['x'.repeat(60)], ['새'.repeat(20)]])(
    '%j is none of these',
    (name) => {
      expect(problemsOf({ name })).toEqual([])
      expect(problemsOf({ system: withService(name) })).toEqual([])
      expect(problemsOf(withMeasure(name))).toEqual([])
    },
  )

  it('of a measure has no plus sign: arms that have several on are named with it', () => {
    expect(problemsOf(withMeasure('a+b'))).toEqual([
      expect.stringMatching(/measure "a\+b": a measure's name has no "\+" in it$/),
    ])
  })

  it('of a link may be longer, and has the same letters', () => {
    expect(problemsOf({ system: withLink(entrance('시민'.repeat(40), 'front')) })).toEqual([])
    expect(problemsOf({ system: withLink(entrance('a/b', 'front')) })).toEqual([
      expect.stringMatching(/^tiny: link "a\/b→front": a name has no "\/" in it$/),
    ])
  })

  it.each(['toxiproxy', 'load', 'Load'])("of a service is not the harness's own: %s", (name) => {
    expect(problemsOf({ system: withService(name) })).toEqual([
      `tiny: service '${name}': the harness keeps this name for itself, choose another`,
    ])
  })

  it.each(['새올', 'a b', 'back-'])('of a service that runs in containers too is a host name: %j', (name) => {
    expect(
      problemsOf({ system: withService(name, { ...tinySystem, image: contractSystem.image! }) }),
    ).toEqual([
      expect.stringMatching(
        `^tiny: service '${name}' of 'tiny', which runs in containers too, is no host name`,
      ),
    ])
  })
})

describe('one name for two', () => {
  it.each<[string, Parameters<typeof problemsOf>[0], string]>([
    [
      'links',
      { system: withLink(entrance('user', 'front', 'main')) },
      "2 links share the proxy 'user-to-front': 'user→front' (to 'front'), 'user→front' (to 'front', port 'main')",
    ],
    [
      'proxies of links',
      { system: withLink({ ...entrance('user', 'front'), name: 'user-to-front' }) },
      "2 links share the proxy 'user-to-front': 'user→front' (to 'front'), 'user-to-front' (to 'front')",
    ],
    [
      'services, but for capitals',
      { system: withService('Front') },
      "services 'front' and 'Front' differ only in capitals: their logs would share a file",
    ],
    [
      'journeys',
      {
        system: {
          ...tinySystem,
          journeys: {
            ...tinySystem.journeys,
            all: [...tinySystem.journeys.all, { ...tinySystem.journeys.all[0]!, title: 'another' }],
          },
        },
      },
      "2 journeys are called 'user-asks': 'a user asks the front', 'another'",
    ],
    [
      'measures',
      { body: { measures: [measure('fallback'), measure('fallback')] } },
      "measure 'fallback' is there 2 times",
    ],
  ])('%s', (_, change, problem) => expect(problemsOf(change)).toEqual([`tiny: ${problem}`]))
})

it('a mutant has a directory of its own, however its sabotages are called', () => {
  const guards = [['가나'], ['다라'], ['x'.repeat(300)], [`${'x'.repeat(300)}y`]]
  const planned = makePlan(tinyStall, options)
  if (!('plan' in planned)) throw new Error('it was not planned')
  const checks = guards.map((sabotages, i) => ({ ...planned.plan.checks[1]!, id: `guard ${i}`, sabotages }))
  const system = { ...tinySystem, sabotages: { names: guards.flat(), environment: () => ({}) } }
  const mutants = mutantsOf({ ...planned.plan, checks }, system, { pack: false, unnamed: [] })
  const names = mutants.map(({ plan }) => plan.scenario)
  expect(new Set(names).size).toBe(guards.length + planned.plan.measures.length)
  for (const name of names) expect(name).toMatch(/^[\w.-]{1,220}$/)
})
