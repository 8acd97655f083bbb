import type { shortActs } from './acts.ts'
import type { Arrivals } from './arrivals.ts'
import type { CheckSpec } from './check.ts'
import type { FaultSpec } from './fault.ts'
import type { MeasureUse, System } from './system.ts'
import type { Duration } from './units.ts'

/** A scenario: one story of the incident, its load, its faults, the measures under test, and what must be true. */
export interface Scenario {
  /** Named by date and fault: `17-nov-gpki-stall`. */
  readonly name: string
  readonly title: string
  /** Ids of the facts it stands on (incident.md): `T2`, `F4`, `S0`. */
  readonly facts: readonly string[]
  readonly system: System
  /** What `--set` may change. */
  readonly knobs: Readonly<Record<string, Knob>>
  /** The scenario with its knobs set. Pure. */
  build(knobs: Readonly<Record<string, number>>): ScenarioBody
}

export interface ScenarioBody {
  readonly load: readonly Arrivals[]
  /** How long each act lasts. */
  readonly acts: Readonly<Record<(typeof shortActs)[number], Duration>>
  readonly faults: readonly FaultSpec[]
  readonly measures: readonly MeasureUse[]
  /** The steady-state hypothesis: its checks. */
  readonly hypothesis: readonly CheckSpec[]
  /** Success share every journey must show in the baseline, else the arm is void. Default 0.9. */
  readonly baselineAtLeast?: number
}

/** A declared number that `--set` may change; durations in ms, rates per second. */
export interface Knob {
  readonly type: 'duration' | 'rate' | 'number'
  readonly default: Duration | `${number}/s` | number
  readonly describe: string
}

type KnobValues<K> = { readonly [N in keyof K]: number }

/** Declares a scenario. Nothing is checked until it is planned: then every problem is told at once. */
export function defineScenario<
  const K extends Readonly<Record<string, Knob>> = Record<never, Knob>,
>(scenario: {
  name: string
  title: string
  facts: readonly string[]
  system: System
  knobs?: K
  build(knobs: KnobValues<K>): ScenarioBody
}): Scenario {
  return {
    ...scenario,
    knobs: scenario.knobs ?? {},
    build: (knobs) => scenario.build(knobs as KnobValues<K>),
  }
}
