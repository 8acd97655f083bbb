/** All that a scenario, a journey or a system definition may import. */
export { replace } from './actions/replace.ts'
export { restartInTurn } from './actions/restart-in-turn.ts'
export { accounted } from './checks/accounted.ts'
export { breaches, events, records, taken, visits } from './checks/accounts.ts'
export { between } from './checks/between.ts'
export { everyone } from './checks/everyone.ts'
export { invariant } from './checks/invariant.ts'
export { latency } from './checks/latency.ts'
export { never } from './checks/never.ts'
export { noEvent } from './checks/no-event.ts'
export { apart, balances, nothing, reckoning, within } from './checks/reckoning.ts'
export { recovery } from './checks/recovery.ts'
export { share } from './checks/share.ts'
export { successRate } from './checks/success-rate.ts'
export { throughput } from './checks/throughput.ts'
export { timeTo } from './checks/time-to.ts'
export { cut } from './faults/cut.ts'
export { kill } from './faults/kill.ts'
export { latency as delay } from './faults/latency.ts'
export { packetLoss } from './faults/packet-loss.ts'
export { pause } from './faults/pause.ts'
export { reset } from './faults/reset.ts'
export { restart } from './faults/restart.ts'
export { slowClose } from './faults/slow-close.ts'
export { stall } from './faults/stall.ts'
export { surge } from './faults/surge.ts'
export { switchOn } from './faults/switch.ts'
export { throttle } from './faults/throttle.ts'
export { truncate } from './faults/truncate.ts'
export { zone } from './faults/zone.ts'
export { action } from './model/action.ts'
export { arrivals } from './model/arrivals.ts'
export { type Config, defineConfig } from './model/config.ts'
export type { Http, HttpAnswer, Journey, Visit } from './model/journey.ts'
export { type ActSpec, defineScenario, type Scenario } from './model/scenario.ts'
export type { ServiceSpec } from './model/service.ts'
export {
  defineSystem,
  entrance,
  type InvariantFacts,
  type InvariantReader,
  link,
  type MeasureSpec,
  measure,
  type OperatorAction,
  type Sabotages,
  type ServiceSwitch,
  type ServicesImage,
  type System,
} from './model/system.ts'
export type { Duration } from './model/units.ts'
export { moduleUrl } from './module-url.ts'
export { projectVersion } from './version.ts'
