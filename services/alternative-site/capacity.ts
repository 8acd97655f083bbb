import type { CapacityTable } from '../common/capacity.ts'

/**
 * What a site can do at once († ours). A document holds a slot for its own 30 ms, the provider (10 ms) and the register
 * (20 ms), hops apart: about 70 ms, so that 16 slots serve 220 a second: a quarter of the portal's citizens.
 */
export const alternativeSiteCapacity = {
  slots: 16,
  queue: 200,
  classes: { document: { serviceTimeMs: 30, importance: 'vital' } },
} as const satisfies CapacityTable<string>
