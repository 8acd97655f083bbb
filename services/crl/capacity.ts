import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the directory of revocation lists can do at once († ours): two verification servers ask once a second each, and
 * a lost key is reported now and then. 8 slots of 5 ms serve 1,600 a second.
 */
export const crlCapacity = {
  slots: 8,
  queue: 100,
  classes: {
    list: { serviceTimeMs: 5, importance: 'vital' },
    report: { serviceTimeMs: 5, importance: 'vital' },
  },
} as const satisfies CapacityTable<string>
