import { faultKind } from '../faults/index.ts'
import { armMs, baselineMs } from '../model/acts.ts'
import type { ArrivalStream } from '../model/arrivals.ts'
import type { Plan } from '../model/plan.ts'

/** Visits at once that a driver carries; more are dropped, and void the arm. */
export const maxInFlight = 4000

/** Arrivals that come all through the arm, faults or none. */
export function steadyStreams({ load, acts }: Plan): ArrivalStream[] {
  return load.map((arrivals, i) => ({
    ...arrivals,
    id: `${arrivals.journey}/${i}`,
    durationMs: armMs(acts),
    begins: 'with-the-arm',
  }))
}

/** Arrivals that faults bring along, to begin on command, each at its planned time. */
export function broughtStreams({ acts }: Plan, faults: Plan['faults']): ArrivalStream[] {
  return faults.flatMap((spec) =>
    (faultKind(spec.kind)!.streams?.(spec) ?? []).map((stream) => ({
      ...stream,
      atMs: baselineMs(acts) + spec.fromMs,
    })),
  )
}
