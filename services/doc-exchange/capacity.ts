import type { CapacityTable } from '../common/capacity.ts'

/**
 * What an exchange can do at once († ours). A document that a clerk hands in or opens holds a slot for 10 ms and a
 * statement of PostgreSQL: 16 slots serve 1,000 a second, and it is not what an exchange breaks on.
 */
export const docExchangeCapacity = {
  slots: 16,
  queue: 400,
  classes: { document: { serviceTimeMs: 10, importance: 'vital' } },
} as const satisfies CapacityTable<string>
