/** A scenario brings up the part of its system that it needs. */
import { describe, expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import { defineScenario, defineSystem, link, stall } from '../../harness/index.ts'
import type { ScenarioBody } from '../../harness/model/scenario.ts'
import { planOptions as options } from './fixtures/plan-options.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

/** The tiny system with a spare back, which few scenarios need. */
const system = defineSystem({
  ...tinySystem,
  services: { ...tinySystem.services, spare: { ...tinySystem.services.back!, optional: true } },
  links: [...tinySystem.links, link('front', 'spare', 'SPARE_URL', 'to-serve')],
})
const planOf = (body: Partial<ScenarioBody>) =>
  makePlan(
    defineScenario({
      name: 'spared',
      title: 'spared',
      facts: [],
      system,
      build: () => ({ ...tinyStall.build({ users: 40 }), ...body }),
    }),
    options,
  )

describe('an optional service', () => {
  it('and its links are left out of a scenario that does not name it', () => {
    const planned = planOf({})
    expect('system' in planned && Object.keys(planned.system.services)).toEqual(['front', 'back'])
    expect('system' in planned && planned.system.links).toEqual(tinySystem.links)
  })

  it('is brought up where it is named, and its links can have faults', () => {
    const planned = planOf({ services: ['spare'], faults: [stall('front→spare')] })
    expect('system' in planned && Object.keys(planned.system.services)).toEqual(['front', 'back', 'spare'])
    expect('system' in planned && planned.system.links.map(({ name }) => name)).toContain('front→spare')
  })

  it.each<[string, Partial<ScenarioBody>, RegExp]>([
    [
      'a fault on a link of one that is not up',
      { faults: [stall('front→spare')] },
      /unknown link 'front→spare'/,
    ],
    [
      'one that is not there',
      { services: ['spaer'] },
      /'services': unknown service 'spaer': did you mean 'spare'\?/,
    ],
    ['one that is always up', { services: ['back'] }, /service 'back' runs in every scenario: leave it out/],
  ])('refuses %s', (_, body, words) => {
    const planned = planOf(body)
    expect('problems' in planned && planned.problems.join('\n')).toMatch(words)
  })
})
