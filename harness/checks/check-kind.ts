import type { ArmRecord } from '../journal/record.ts'
import type { CheckResult, CheckRole, CheckSpec } from '../model/check.ts'

/** What a judge finds, before the check's own name and source are put to it. */
export type Finding = Pick<CheckResult, 'verdict' | 'evidence' | 'said'> & {
  readonly role?: CheckRole
  readonly lookAt?: readonly string[]
}

/** A kind of check: judges a spec against one arm's record. Pure: the same record gives the same finding. */
export interface CheckKind {
  readonly kind: string
  /** One line for `list`. */
  readonly summary: string
  /** Problems of a spec's parameters, in words; empty when there are none. */
  problems(spec: CheckSpec): string[]
  judge(spec: CheckSpec, record: ArmRecord): Finding
}
