import type { CapacityTable } from '../common/capacity.ts'

/**
 * What one verification server can do at once († ours). A verification holds a slot for 30 ms: 12 slots serve
 * 400 a second, ten times the surge of 08:40, so that GPKI fails by its fault and not by its load.
 */
export const gpkiCapacity = {
  slots: 12,
  queue: 200,
  classes: { verification: { serviceTimeMs: 30, importance: 'vital' } },
} as const satisfies CapacityTable<string>
