import type { CapacityTable } from '../common/capacity.ts'

/** What a verifier can do at once († ours): an ID holds a slot for 5 ms, so that 8 slots serve 1,600 a second. */
export const idVerifierCapacity = {
  slots: 8,
  queue: 200,
  classes: { verification: { serviceTimeMs: 5, importance: 'vital' } },
} as const satisfies CapacityTable<string>
