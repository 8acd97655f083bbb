import { cutKind } from './cut.ts'
import type { FaultKind } from './fault.ts'
import { killKind } from './kill.ts'
import { latencyKind } from './latency.ts'
import { packetLossKind } from './packet-loss.ts'
import { pauseKind } from './pause.ts'
import { resetKind } from './reset.ts'
import { restartKind } from './restart.ts'
import { slowCloseKind } from './slow-close.ts'
import { stallKind } from './stall.ts'
import { surgeKind } from './surge.ts'
import { switchKind } from './switch.ts'
import { throttleKind } from './throttle.ts'
import { truncateKind } from './truncate.ts'

/** Every fault there is: a new one is one file and one line here. */
export const faultKinds: readonly FaultKind[] = [
  stallKind,
  cutKind,
  latencyKind,
  throttleKind,
  resetKind,
  packetLossKind,
  truncateKind,
  slowCloseKind,
  killKind,
  pauseKind,
  restartKind,
  switchKind,
  surgeKind,
]

export function faultKind(kind: string): FaultKind | undefined {
  return faultKinds.find((known) => known.kind === kind)
}
