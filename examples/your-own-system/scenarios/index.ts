import { arrivals, defineScenario, measure, stall, successRate } from 'saeol-chaos'
import { buyer } from './journeys.ts'
import { shop } from './system.ts'

const stockStalls = defineScenario({
  name: 'stock-stalls',
  title: 'the stock service accepts connections and never answers',
  facts: [],
  system: shop,
  build: () => ({
    load: [arrivals(buyer, '40/s')],
    acts: { baseline: '1s', fault: '4s', recovery: '1s' },
    faults: [stall('front→stock')],
    measures: [measure('last-known')],
    hypothesis: [successRate(buyer, { atLeast: 0.95, during: 'fault', source: '† ours' })],
  }),
})

export const scenarios = [stockStalls]
