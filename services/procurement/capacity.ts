import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the procurement system can do at once († ours). The list of tenders is the dear one, as it was for the site of
 * 2023. A bidder looks at the list (80 ms) and hands in (60 ms): 12 bidders a second hold 1.7 of the 6 slots, 20 in the
 * peak 2.8. Six slots give 75 lists a second, so whoever asks for 240 fills the queue of 200 in little over a second,
 * and everybody in it waits 200 × 80 ms / 6 = 2.7 s: longer than a bidder does.
 */
export const procurementCapacity = {
  slots: 6,
  queue: 200,
  classes: {
    list: { serviceTimeMs: 80, importance: 'normal' },
    look: { serviceTimeMs: 20, importance: 'normal' },
    'hand-in': { serviceTimeMs: 60, importance: 'vital' },
    opening: { serviceTimeMs: 60, importance: 'normal' },
  },
} as const satisfies CapacityTable<string>

/** Mean time of a look at the list with a worker, in ms, as configured. */
export function meanListMs(override: number | Readonly<Record<string, number>> | undefined): number {
  if (typeof override === 'number') return override
  return override?.list ?? procurementCapacity.classes.list.serviceTimeMs
}

export type ProcurementWork = keyof typeof procurementCapacity.classes
