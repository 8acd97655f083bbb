import { accountedKind } from './accounted.ts'
import { betweenKind } from './between.ts'
import type { CheckKind } from './check-kind.ts'
import { everyoneKind } from './everyone.ts'
import { invariantKind } from './invariant.ts'
import { latencyKind } from './latency.ts'
import { neverKind } from './never.ts'
import { noEventKind } from './no-event.ts'
import { reckoningKind } from './reckoning.ts'
import { recoveryKind } from './recovery.ts'
import { shareKind } from './share.ts'
import { successRateKind } from './success-rate.ts'
import { throughputKind } from './throughput.ts'
import { timeToKind } from './time-to.ts'

/** Every kind of check there is. A new one is one file, one line here and one row in the contract test. */
export const checkKinds: readonly CheckKind[] = [
  successRateKind,
  latencyKind,
  throughputKind,
  recoveryKind,
  timeToKind,
  everyoneKind,
  shareKind,
  neverKind,
  noEventKind,
  betweenKind,
  accountedKind,
  invariantKind,
  reckoningKind,
]

/** The kind of this name, if there is one. */
export function checkKind(kind: string): CheckKind | undefined {
  return checkKinds.find((known) => known.kind === kind)
}
