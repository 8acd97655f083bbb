import type { CapacityTable } from '../common/capacity.ts'

/** What the storage can do at once († ours): an ID holds a slot for 10 ms and a write, so that 16 slots serve 1,000 a second. */
export const idStorageCapacity = {
  slots: 16,
  queue: 400,
  classes: { keep: { serviceTimeMs: 10, importance: 'vital' } },
} as const satisfies CapacityTable<string>
