import type { CheckRole } from './check.ts'

/** What came of one mutant. `undecided`: its arm is void, or what should notice it could not tell. */
export interface MutantResult {
  readonly scenario: string
  readonly mutant: string
  readonly kind: 'sabotage' | 'measure'
  /** Others that were on in the same arm, which other guards had to notice. */
  readonly beside: readonly string[]
  readonly verdict: 'noticed' | 'unnoticed' | 'undecided'
  /** Ids of the checks that deviate with it and hold without it. */
  readonly noticedBy: readonly string[]
  /** Ids of the guards that name it. */
  readonly named: readonly string[]
  /** Why it is undecided, in words. */
  readonly said: string
  /** Why it was run once more by itself, and this is what came of that; absent where the first time counted. */
  readonly again?: string
}

/** What `mutation.json` holds: who notices what. */
export interface MutationResult {
  readonly version: 1
  readonly run: string
  readonly seed: string
  readonly tookMs: number
  readonly mutants: readonly MutantResult[]
  /** Columns of the matrix. */
  readonly checks: readonly {
    readonly scenario: string
    readonly id: string
    readonly title: string
    readonly role: CheckRole
  }[]
  readonly score: { readonly noticed: number; readonly of: number }
  /** Guards, by scenario and id, that noticed nothing although a sabotage that they name was on. */
  readonly blindGuards: readonly string[]
  /** Measures that no protected check misses. */
  readonly idleMeasures: readonly string[]
  readonly exitCode: number
}
