import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the procurement system can do at once († ours). The list of tenders is the dear one, as it was for the site of
 * 2023. A bidder looks at the list (80 ms) and hands in (60 ms): 22 bidders a second hold 3.1 of the 8 slots, and 34 in the
 * peak 4.8. Eight slots give 100 lists a second, so whoever asks for 240 fills the queue of 220 within two seconds, and
 * everybody in it waits 220 × 80 ms / 8 = 2.2 s: longer than a bidder does.
 */
export const procurementCapacity = {
  slots: 8,
  queue: 220,
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
