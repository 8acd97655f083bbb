import type { CapacityTable } from '../common/capacity.ts'

/**
 * What Saeol can do at once († ours throughout: no source publishes its sizing).
 *
 * A login holds a slot for 40 ms of its own and for GPKI (30 ms and three hops), about 80 ms; a certificate for
 * 90 ms and the register look-up (20 ms and a hop), about 120 ms. Of those who read, two open the notices (250 ms)
 * for each who downloads (600 ms): 367 ms on average.
 *
 *   ordinary morning    25 officials/s × (0.08 + 0.12) + 10 readers/s × 0.367 = 5.0 + 3.7 =  8.7 of 20 slots = 43 %
 *   the surge of T10    150 readers/s × 0.367 more                              = 55 + 8.7 =  64 of 20 slots = 3.2 ×
 *
 * In the surge a request holds its slot for 0.35 s on average, so 20 slots serve 57 a second while 185 and more
 * arrive: the 2 s after which users give up are reached with 115 waiting, in the first second, and the queue of
 * 600 is full after 5 s. A full queue is 600 × 0.35 = 210 slot-seconds of work: 10.5 s of waiting.
 *
 * When the surge ends, everything that is taken from the queue is done for somebody who has left and tried again.
 * Three attempts each are 25 × 3 × 0.04 (a login given up, without GPKI) + 10 × 3 × 0.367 = 14 slots busy for
 * nobody; the 6 that are left need (210 − 40) / 6 = 28 s until a newcomer is served within his patience. So a
 * surge of five seconds takes Saeol down for half a minute more: the retries keep it down, not the cause.
 *
 * Under load shedding vital work needs 5 slots and 10 are never given to bulk: it waits only for the next of them.
 */
export const saeolCapacity = {
  slots: 20,
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
