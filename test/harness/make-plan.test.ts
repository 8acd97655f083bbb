import { describe, expect, it } from 'vitest'
import { makePlan } from '../../harness/experiment/make-plan.ts'
import {
  arrivals,
  cut,
  defineScenario,
  delay,
  entrance,
  invariant,
  type Journey,
  link,
  measure,
  packetLoss,
  type Scenario,
  stall,
  successRate,
  surge,
  throttle,
} from '../../harness/index.ts'
import { actsInTurn } from '../../harness/model/acts.ts'
import { planOptions as options } from './fixtures/plan-options.ts'
import { tinyStall } from './fixtures/scenarios/index.ts'
import { userAsks } from './fixtures/tiny-journeys.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

const good = tinyStall.build({ users: 40 })
const stranger: Journey = { ...userAsks, name: 'stranger', entrance: 'nobody→front' }

function scenario(change: Partial<ReturnType<Scenario['build']>>, system = tinySystem): Scenario {
  return defineScenario({
    name: 'broken',
    title: 'broken',
    facts: [],
    system,
    build: () => ({ ...good, ...change }),
  })
}

function problemsOf(planned: ReturnType<typeof makePlan>): string {
  if ('plan' in planned) throw new Error('it was planned')
  return planned.problems.join('\n')
}

const refused: [string, Scenario, RegExp][] = [
  [
    'a link that is not there',
    scenario({ faults: [stall('front→bakc')] }),
    /unknown link 'front→bakc': did you mean 'front→back'\?/,
  ],
  [
    'variables of a service that there is not',
    scenario({ environment: { frnt: { STORE: '9' } } }),
    /'environment' sets variables of unknown service 'frnt': did you mean 'front'\?/,
  ],
  [
    'variables that the harness sets itself',
    scenario({ environment: { front: { SEED: '9', PORT: '80', BACK_URL: 'http://elsewhere', STORE: '9' } } }),
    /SEED of 'front', which the harness sets itself[\s\S]*PORT of 'front'[\s\S]*BACK_URL of 'front'/,
  ],
  [
    'a fault outside its act',
    scenario({ faults: [stall('front→back', { from: '2s', to: '9s' })] }),
    /fault 'stall front→back': 9 s is after the end of its act 'fault', which lasts 3 s/,
  ],
  [
    'a fault that ends before it begins',
    scenario({ faults: [cut('front→back', { from: '2s', to: '1s' })] }),
    /from 3 s to 2 s of the arm: it ends before it begins/,
  ],
  [
    'the same fault twice',
    scenario({ faults: [stall('front→back'), stall('front->back')] }),
    /is there twice/,
  ],
  [
    'a delay that is none',
    scenario({ faults: [delay('front→back', 0)] }),
    /delayMs must be a number above 0/,
  ],
  [
    'a jitter as large as the delay',
    scenario({ faults: [delay('front→back', 50, { jitter: 50 })] }),
    /jitterMs must be smaller/,
  ],
  [
    'a throttle to nothing',
    scenario({ faults: [throttle('front→back', 0)] }),
    /kilobytesPerSecond must be a number above 0/,
  ],
  [
    'a surge of a journey that is not there',
    scenario({ faults: [surge(stranger, '5/s')] }),
    /unknown journey 'stranger'/,
  ],
  ['an impossible rate', scenario({ load: [arrivals(userAsks, '1000000/s')] }), /1000000\/s is impossible/],
  ['a rate of nothing', scenario({ load: [arrivals(userAsks, 0)] }), /0\/s is impossible/],
  ['a rate in words', scenario({ load: [arrivals(userAsks, 'many' as '1/s')] }), /'many' is not a rate/],
  ['no load', scenario({ load: [] }), /there is no load/],
  [
    'a journey by an entrance that is not there',
    scenario({ load: [arrivals(stranger, '5/s')] }),
    /unknown link 'nobody→front'/,
  ],
  [
    'a check on a journey that does not run',
    scenario({ hypothesis: [successRate('ghost', { atLeast: 0.9, during: 'fault', source: '† ours' })] }),
    /reads journey 'ghost', which does not run/,
  ],
  [
    'a check without a source',
    scenario({ hypothesis: [successRate(userAsks, { atLeast: 0.9, during: 'fault', source: '' })] }),
    /source must say where the threshold comes from/,
  ],
  [
    'a check of an invariant that nobody reads',
    scenario({ hypothesis: [invariant('the bakc is there', { source: '† ours', sabotages: ['x'] })] }),
    /unknown invariant 'the bakc is there': did you mean 'the back is there'\?/,
  ],
  [
    'a hypothesis without a service level',
    scenario({ hypothesis: [invariant('the back is there', { source: '† ours', sabotages: ['x'] })] }),
    /no check is protected: nothing says what users must get/,
  ],
  ['an empty hypothesis', scenario({ hypothesis: [] }), /the hypothesis is empty/],
  [
    'a measure that is not there',
    scenario({ measures: [measure('falback')] }),
    /unknown measure 'falback': did you mean 'fallback'\?/,
  ],
  [
    'a check of an act that is not there',
    scenario({
      hypothesis: [successRate(userAsks, { atLeast: 0.9, during: 'recvery', source: '† ours' })],
    }),
    /looks at unknown act 'recvery': did you mean 'recovery'\?/,
  ],
  [
    'a check of acts in the wrong order',
    scenario({
      hypothesis: [successRate(userAsks, { atLeast: 0.9, during: ['recovery', 'fault'], source: '† ours' })],
    }),
    /looks at nothing: its window would begin at 4 s and end at 4 s/,
  ],
  [
    'an act of no length',
    scenario({ acts: { baseline: 0, fault: '1s', recovery: '1s' } }),
    /act 'baseline' must last longer than 0/,
  ],
  [
    'an act that is no duration',
    scenario({ acts: { baseline: '1s', fault: 'long' as '1s', recovery: '1s' } }),
    /act 'fault': 'long' is not a duration/,
  ],
  [
    'links in a circle',
    scenario({}, { ...tinySystem, links: [...tinySystem.links, link('back', 'front', 'FRONT_URL')] }),
    /links form a circle/,
  ],
  [
    'a link to nowhere',
    scenario({}, { ...tinySystem, links: [...tinySystem.links, entrance('user', 'nowhere')] }),
    /unknown service 'nowhere'/,
  ],
  [
    'a link to a port that is none',
    scenario({}, { ...tinySystem, links: [...tinySystem.links, entrance('guest', 'front', 'side')] }),
    /link 'guest→front' leads to unknown port of front 'side'/,
  ],
]

describe('a plan', () => {
  it('settles knobs, acts and the end of faults', () => {
    const planned = makePlan(tinyStall, { ...options, set: { users: '80/s' } })
    expect(planned).toMatchObject({
      plan: {
        knobs: { users: 80 },
        load: [{ journey: 'user-asks', perSecond: [80, 80], process: 'poisson' }],
        acts: actsInTurn({ baseline: 1000, fault: 3000, recovery: 3000 }),
        faults: [{ id: 'stall front→back', fromMs: 1000, toMs: 4000 }],
        measures: [{ name: 'fallback' }],
      },
    })
  })

  it('leaves out measures and faults when asked to, and says so', () => {
    const planned = makePlan(tinyStall, { ...options, without: ['fallback'], faultsOn: false })
    expect(planned).toMatchObject({
      plan: { measures: [], without: ['fallback'], faultsOn: false, faults: [] },
    })
  })

  it.each<[string, Scenario, RegExp]>(refused)('refuses %s', (_, broken, words) => {
    expect(problemsOf(makePlan(broken, options))).toMatch(words)
  })

  it('refuses a fault that the runtime cannot do', () => {
    const planned = makePlan(tinyStall, { ...options, capabilities: new Set(), runtime: 'attached' })
    expect(problemsOf(planned)).toMatch(/needs 'links', which the runtime 'attached' cannot do/)
  })

  it('says what to do where packets cannot be lost', () => {
    const lossy = scenario({ faults: [packetLoss('front→back')] })
    expect(problemsOf(makePlan(lossy, options))).toMatch(
      /^broken: fault 'packet-loss front→back' needs 'packet-loss', which the runtime 'processes' cannot do: a real Toxiproxy sees no packets; leave '--toxiproxy path' away .*'--runtime containers' where it can lose packets/,
    )
    expect(makePlan(lossy, { ...options, capabilities: new Set(['links', 'packet-loss']) })).toMatchObject({
      plan: {
        faults: [{ id: 'packet-loss front→back', params: { minBytes: 1500, probability: 0.9 } }],
      },
    })
  })

  it('refuses a knob value that is none', () => {
    expect(problemsOf(makePlan(tinyStall, { ...options, set: { users: 'some' } }))).toMatch(
      /--set users: 'some' is not a rate/,
    )
  })

  it('tells every problem at once', () => {
    const broken = scenario({
      faults: [stall('front→bakc')],
      measures: [measure('falback')],
      load: [arrivals(userAsks, '1000000/s')],
    })
    const words = problemsOf(makePlan(broken, options))
    expect(words.split('\n')).toHaveLength(3)
    expect(words).toMatch(/bakc[\s\S]*|falback[\s\S]*|impossible/)
  })
})
