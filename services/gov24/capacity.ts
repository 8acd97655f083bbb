import type { CapacityTable } from '../common/capacity.ts'

/**
 * What the portal can do at once († ours). An application holds a slot for its own 25 ms, the resident register
 * (20 ms) and Saeol (30 ms, hops apart): about 90 ms, so that 48 slots serve 500 a second. When Saeol stalls each
 * holds its slot for the client time-out of 30 s: at 20 a second the portal is out of slots within 2.4 s, and the
 * catalogue, which needs nobody, is as dead as the rest (T4, F7).
 */
export const gov24Capacity = {
  slots: 48,
  queue: 400,
  classes: {
    /** 10 ms of its own, and the provider's 10 ms a hop away: 30 ms. */
    login: { serviceTimeMs: 10, importance: 'vital' },
    application: { serviceTimeMs: 25, importance: 'vital' },
    catalogue: { serviceTimeMs: 8, importance: 'normal' },
  },
} as const satisfies CapacityTable<string>

export type Gov24Work = keyof typeof gov24Capacity.classes
