/** Plans of stories as lists of acts. */
import { makePlan } from '../../harness/experiment/make-plan.ts'
import { arrivals, defineScenario, successRate } from '../../harness/index.ts'
import type { ActSpec, ScenarioBody } from '../../harness/model/scenario.ts'
import { userAsks } from './fixtures/tiny-journeys.ts'
import { tinySystem } from './fixtures/tiny-system.ts'

export const source = '† ours'
export const served = (during: string | readonly [string, string], title?: string) =>
  successRate(userAsks, { atLeast: 0.5, during, source, ...(title !== undefined && { title, id: title }) })

export const night: ActSpec = { name: 'night', lasts: '2s' }
export const day: ActSpec = { name: 'day', lasts: '4s' }
export const evening: ActSpec = { name: 'evening', lasts: '3s' }

export function planOf(acts: readonly ActSpec[], body: Partial<ScenarioBody> = {}) {
  const scenario = defineScenario({
    name: 'story',
    title: 'a story',
    facts: [],
    system: tinySystem,
    build: () => ({
      load: [arrivals(userAsks, '40/s')],
      acts,
      measures: [],
      hypothesis: [served('day')],
      ...body,
    }),
  })
  const options = { set: {}, without: [], faultsOn: true, runtime: 'processes' }
  return makePlan(scenario, { ...options, capabilities: new Set(['links', 'kill', 'pause', 'packet-loss']) })
}

export function planned(...args: Parameters<typeof planOf>) {
  const settled = planOf(...args)
  if ('problems' in settled) throw new Error(settled.problems.join('\n'))
  return settled.plan
}
