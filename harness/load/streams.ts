import { faultKind } from '../faults/index.ts'
import { timeOfAct } from '../model/acts.ts'
import type { ArrivalStream, ArrivalsSpec } from '../model/arrivals.ts'
import type { Plan } from '../model/plan.ts'

/** Visits at once that a driver carries; more are dropped, and void the arm. */
export const maxInFlight = 4000

/** Arrivals of the plan's own, faults or none: all through the arm, or in one act. */
export function steadyStreams({ load, acts }: Pick<Plan, 'load' | 'acts'>): ArrivalStream[] {
  return load.map((arrivals, i) => ({
    ...arrivals,
    id: `${arrivals.journey}/${i}`,
    ...timeOfAct(acts, arrivals.act),
    begins: 'with-the-arm',
    ...numberingOf(arrivals, load),
  }))
}

/** Which of its journey's users a stream brings, where several bring some. */
function numberingOf(arrivals: ArrivalsSpec, load: Plan['load']): Pick<ArrivalStream, 'numbering'> {
  const alike = load.filter(({ journey }) => journey === arrivals.journey)
  return alike.length === 1 ? {} : { numbering: { from: alike.indexOf(arrivals), every: alike.length } }
}

/** Arrivals that faults bring along, to begin on command, each at its planned time. */
export function broughtStreams(faults: Plan['faults']): ArrivalStream[] {
  return faults.flatMap((spec) =>
    (faultKind(spec.kind)!.streams?.(spec) ?? []).map((stream) => ({ ...stream, atMs: spec.fromMs })),
  )
}
