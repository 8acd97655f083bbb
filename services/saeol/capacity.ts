import type { CapacityTable } from '../common/capacity.ts'

/**
 * What Saeol can do at once († ours throughout: no source publishes its sizing).
 *
 * A certificate holds a slot for its own 90 ms and for the register look-up (20 ms of the resident service and
 * two hops): about 120 ms. A login holds one for 40 ms and for GPKI (30 ms and three hops): about 80 ms.
 *
 *   ordinary morning   25 certificates/s × 0.12 + 10 notices/s × 0.25            =  5.5 of 14 slots = 39 %
 *   with as many logins                                          + 25/s × 0.08   =  7.5 of 14 slots = 54 %
 *   the surge of T10   25 certificates/s × 0.12 + 100 notices/s × 0.25 + 50 downloads/s × 0.6 = 58 slots = 4.1 ×
 *
 * Surging work holds a slot for 0.33 s on average, so 14 slots serve 42 requests a second while 175 arrive: the
 * queue of 600 is full in 4.5 s, and 2 s users give up on is already reached with 84 waiting, 0.6 s after the
 * surge began. After the surge 14 slots serve 14 / 0.157 s = 89 ordinary requests a second: a full queue is a
 * wait of 6.7 s, three times a user's patience of 2 s, so that everything done is done for somebody who has
 * left. Three attempts by each of the 35 users a second are 105 a second, more than 89: the retries alone keep
 * the queue full, and Saeol stays down after the cause is gone.
 *
 * Under load shedding vital work waits only for the next slot to fall free: 7 slots are never given to bulk.
 */
export const saeolCapacity = {
  slots: 14,
  queue: 600,
  classes: {
    login: { serviceTimeMs: 40, importance: 'vital' },
    certificate: { serviceTimeMs: 90, importance: 'vital' },
    application: { serviceTimeMs: 30, importance: 'normal' },
    /** Backfill stands behind live certificates (F14). */
    entry: { serviceTimeMs: 30, importance: 'normal' },
    notice: { serviceTimeMs: 250, importance: 'bulk' },
    download: { serviceTimeMs: 600, importance: 'bulk' },
  },
} as const satisfies CapacityTable<string>

export type SaeolWork = keyof typeof saeolCapacity.classes
