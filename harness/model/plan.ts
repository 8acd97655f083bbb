import type { PhaseName } from './acts.ts'
import type { ArrivalsSpec } from './arrivals.ts'
import type { CheckSpec } from './check.ts'
import type { FaultSpec } from './fault.ts'
import type { MeasureUse } from './system.ts'

/** A scenario with everything settled and checked: plain data, as `plan --json` prints it and the journal keeps it. */
export interface Plan {
  readonly scenario: string
  readonly title: string
  readonly facts: readonly string[]
  readonly system: string
  readonly knobs: Readonly<Record<string, number>>
  readonly phasesMs: Readonly<Record<PhaseName, number>>
  readonly load: readonly ArrivalsSpec[]
  readonly faults: readonly FaultSpec[]
  readonly measures: readonly MeasureUse[]
  /** Measures the scenario has and this run leaves out (`--without`). */
  readonly without: readonly string[]
  /** False with `--no-faults`. */
  readonly faultsOn: boolean
  readonly checks: readonly CheckSpec[]
  readonly baselineAtLeast: number
}
