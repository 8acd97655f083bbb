import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the centres' counters can do at once († ours). A visit holds a slot for its own 20 ms, the certificate
 * (120 ms and a hop) and now and then a login (80 ms): about 160 ms. 64 slots carry 400 visits a second on an
 * ordinary day, and 50 a second when each waits the 1.2 s of the manual intake before its receipt is written.
 */
export const communityCentreCapacity = {
  slots: 64,
  queue: 400,
  classes: { visit: { serviceTimeMs: 20, importance: 'vital' } },
} as const satisfies CapacityTable<string>
