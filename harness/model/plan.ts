import type { ActionSpec } from './action.ts'
import type { PlannedAct } from './acts.ts'
import type { ArrivalsSpec } from './arrivals.ts'
import type { CheckSpec } from './check.ts'
import type { FaultSpec } from './fault.ts'
import type { Place } from './scenario.ts'
import type { MeasureUse } from './system.ts'

/** A scenario with everything settled and checked: plain data, as `plan --json` prints it and the journal keeps it. */
export interface Plan {
  readonly scenario: string
  readonly title: string
  readonly definedAt?: Place
  readonly facts: readonly string[]
  readonly system: string
  readonly knobs: Readonly<Record<string, number>>
  /** One after the other; the first is the baseline. */
  readonly acts: readonly PlannedAct[]
  readonly load: readonly ArrivalsSpec[]
  readonly faults: readonly FaultSpec[]
  readonly actions: readonly ActionSpec[]
  readonly measures: readonly MeasureUse[]
  /** Measures the scenario has and this run leaves out (`--without`). */
  readonly without: readonly string[]
  /** False with `--no-faults`. */
  readonly faultsOn: boolean
  /** Variables of services, by service: the same in every arm. Absent where there are none. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** A run of it has an arm without each measure, beside the three. Absent where it has not. */
  readonly counterfactual?: true
  readonly checks: readonly CheckSpec[]
  readonly baselineAtLeast: number
}

/** Whether a fault is on in an act, by the plan. */
export function hasFault({ faults }: Pick<Plan, 'faults'>, act: PlannedAct): boolean {
  return faults.some(({ fromMs, toMs }) => fromMs < act.toMs && toMs > act.fromMs)
}
