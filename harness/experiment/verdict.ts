import type { CheckResult } from '../checks/check.ts'
import type { GeneratorFigures } from '../load/load.ts'
import type { Arm } from './arms.ts'

export type Verdict = 'holds' | 'deviates' | 'inconclusive' | 'vacuous'

/** How a run or an arm came to its end. */
export type Ending = 'finished' | 'interrupted' | 'failed'

export interface ArmResult {
  readonly arm: Arm
  readonly verdict: 'holds' | 'deviates' | 'inconclusive'
  readonly said: string
  /** Evidence that is missing; one entry voids the arm. */
  readonly voids: readonly string[]
  readonly checks: readonly CheckResult[]
  readonly faults: readonly FaultEvidence[]
  readonly generator: GeneratorFigures | null
  readonly ending: Ending
  readonly error?: string
  readonly lookAt: readonly string[]
  readonly tookMs: number
  /** Sum of the arm's planned phases, ms. */
  readonly plannedMs: number
  /** Per journey: arrivals, successes and what became of the others. */
  readonly journeys: Readonly<
    Record<string, { arrivals: number; ok: number; outcomes: Readonly<Record<string, number>> }>
  >
}

export interface FaultEvidence {
  readonly fault: string
  readonly injectedAtMs: number | null
  readonly revertedAtMs: number | null
  /** Planned against actual, ms late. */
  readonly injectedLateMs: number | null
  readonly bit: boolean
  readonly sightings: readonly {
    readonly when: 'before' | 'during' | 'after'
    readonly bites: boolean | null
    readonly said: string
  }[]
}

export interface ScenarioResult {
  readonly scenario: string
  readonly title: string
  readonly facts: readonly string[]
  readonly verdict: Verdict
  /** The reason in one sentence. */
  readonly said: string
  readonly arms: readonly ArmResult[]
}

/** What `result.json` holds. */
export interface RunResult {
  readonly version: 1
  readonly run: string
  readonly seed: string
  readonly startedAt: string
  readonly tookMs: number
  readonly ending: Ending
  readonly runtime: string
  readonly driver: string
  readonly toxiproxy: string
  readonly verdict: Verdict
  readonly exitCode: number
  readonly scenarios: readonly ScenarioResult[]
}
