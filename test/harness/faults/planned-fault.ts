import type { FaultSpec, WrittenFault } from '../../../harness/model/fault.ts'

/** A fault with times of its own, as a plan would settle it; ms from the arm's start. */
export function plannedFault(fault: WrittenFault, { fromMs = 0, toMs = 10_000 } = {}): FaultSpec {
  const { times: _, unread: __, ...rest } = fault
  return { ...rest, fromMs, toMs }
}
