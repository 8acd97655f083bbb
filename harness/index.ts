/** All that a scenario, a journey or a system definition may import. */
export { arms } from './experiment/arms.ts'
export {
  defineScenario,
  type Scenario,
} from './experiment/scenario.ts'
export {
  defineSystem,
  entrance,
  type InvariantFacts,
  type InvariantReader,
  link,
  type MeasureSpec,
  measure,
  type ServiceSpec,
  type System,
} from './experiment/system.ts'
export { cut } from './faults/cut.ts'
export { latency as addLatency } from './faults/latency.ts'
export { reset } from './faults/reset.ts'
export { stall } from './faults/stall.ts'
export { surge } from './faults/surge.ts'
export { throttle } from './faults/throttle.ts'
export type { Http, HttpAnswer, Journey, Visit } from './load/journey.ts'
export { arrivals } from './load/load.ts'
