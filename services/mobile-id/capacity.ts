import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the issuer can do at once († ours). An ID holds a slot for its own 20 ms, the provider (10 ms), the register (20 ms)
 * and the storage (10 ms), hops apart: about 80 ms, so that 16 slots serve 200 a second.
 */
export const mobileIdCapacity = {
  slots: 16,
  queue: 200,
  classes: { issue: { serviceTimeMs: 20, importance: 'vital' } },
} as const satisfies CapacityTable<string>
