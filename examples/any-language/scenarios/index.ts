import { arrivals, defineScenario, measure, stall, successRate } from 'saeol-chaos'
import { visitor } from './journeys.ts'
import { counting } from './system.ts'

const redisStalls = defineScenario({
  name: 'redis-stalls',
  title: 'Redis accepts connections and never answers',
  facts: [],
  system: counting,
  build: () => ({
    load: [arrivals(visitor, '40/s')],
    acts: { baseline: '1s', fault: '4s', recovery: '1s' },
    faults: [stall('counter→redis')],
    measures: [measure('from-memory')],
    hypothesis: [successRate(visitor, { atLeast: 0.95, during: 'fault', source: '† ours' })],
  }),
})

export const scenarios = [redisStalls]
