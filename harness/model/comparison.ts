import type { Arm } from './arms.ts'
import type { CheckResult } from './check.ts'
import type { ArmResult, Effect, ScenarioResult } from './result.ts'

/** What is kept of a run to compare others with: verdicts and figures, no visits. A file of its own, to be committed. */
export interface Baseline {
  readonly version: 1
  readonly run: string
  readonly seed: string
  readonly runtime: string
  readonly driver: string
  readonly scenarios: readonly {
    readonly scenario: string
    readonly verdict: ScenarioResult['verdict']
    /** Digest of its plan; absent where the run did not keep one. */
    readonly plan?: string
    readonly effects: readonly Pick<Effect, 'journey' | 'users' | 'visits' | 'difference' | 'interval'>[]
    readonly arms: readonly {
      readonly arm: Arm
      readonly verdict: ArmResult['verdict']
      readonly isVoid: boolean
      readonly checks: readonly Pick<CheckResult, 'id' | 'check' | 'role' | 'verdict' | 'evidence'>[]
    }[]
  }[]
}

/**
 * `better`, `worse`: the verdict changed, or the 95 % intervals lie apart. `undecided`: they do not, or one of the two has
 * no evidence. `only before`, `only after`: the other run has no such check.
 */
export type Change = 'better' | 'worse' | 'undecided' | 'only before' | 'only after'

/** One figure of one run beside that of another. */
export interface Compared {
  readonly scenario: string
  /** Null for what the measures do for users: treated beside untreated. */
  readonly arm: Arm | null
  readonly what: string
  readonly change: Change
  readonly before: string
  readonly after: string
}

/** What `compare --json` prints. */
export interface Comparison {
  readonly version: 1
  /** Ids of the two runs. */
  readonly before: string
  readonly after: string
  readonly rows: readonly Compared[]
  /** What makes the two runs less comparable, in words. */
  readonly notes: readonly string[]
  /** 1 where something is worse, else 0. */
  readonly exitCode: number
}
