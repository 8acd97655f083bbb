import type { ArmRecord } from '../journal/record.ts'
import type { CheckResult, CheckSpec, Window } from '../model/check.ts'

/** What a judge finds, before the check's own name and source are put to it. */
export type Finding = Pick<CheckResult, 'verdict' | 'evidence' | 'said'> & {
  readonly lookAt?: readonly string[]
  /**
   * What is missing to the minimum sample, in words, and how large it must be. Where the minimum is owed the check is
   * then inconclusive.
   */
  readonly short?: { readonly said: string; readonly samplesToDecide?: number }
}

/**
 * What a check may see of an arm: everything but which arm it is. Faults and measures as they were switched on are not
 * seen either: the same judge must judge every arm alike. Roles are weighed in judging/.
 */
export type Seen = Omit<ArmRecord, 'arm' | 'faultsOn' | 'measures'>

/** What a check asks of its sample, before it is taken. */
export interface SampleNeeds {
  /** Which visits; all of the arm where there is none. */
  readonly window: Window | undefined
  /** Fewer visits than this cannot hold, even if all of them succeed. */
  readonly needs: number
  /** Where it is about failures: of `n` visits, at least `needs`, the most that may fail so that it still holds. */
  tolerates?(n: number): number | null
}

/** A kind of check: judges a spec against one arm's record. Pure: the same record gives the same finding. */
export interface CheckKind {
  readonly kind: string
  /** One line for `list`. */
  readonly summary: string
  /** Problems of a spec's parameters, in words; empty when there are none. */
  problems(spec: CheckSpec): string[]
  /** How large its sample must be; absent where it has none that could be planned. Only asked of a spec without problems. */
  sample?(spec: CheckSpec): SampleNeeds
  judge(spec: CheckSpec, record: Seen): Finding
}
