import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the provider can do at once († ours): an approval holds a slot for 10 ms, so that 16 slots serve 1,600 a second,
 * and it is not what Government24 breaks on.
 */
export const simpleAuthCapacity = {
  slots: 16,
  queue: 400,
  classes: { approval: { serviceTimeMs: 10, importance: 'vital' } },
} as const satisfies CapacityTable<string>
