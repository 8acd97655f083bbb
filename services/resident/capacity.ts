import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the resident register can do at once († ours). A look-up holds a slot for about 20 ms: 32 slots serve
 * 1,600 a second, so that the register itself is never what an overload of Saeol breaks on.
 */
export const residentCapacity = {
  slots: 32,
  queue: 600,
  classes: { 'look-up': { serviceTimeMs: 18, importance: 'vital' } },
} as const satisfies CapacityTable<string>
