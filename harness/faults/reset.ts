import type { FaultTimes } from '../model/fault.ts'
import { type Duration, durationMs } from '../model/units.ts'
import { numberOf, numberProblem, onLink, toxicFault } from './on-link.ts'

/** Connections are reset `after` their first data: a flapping switch (T3, F2). */
export function reset(link: string, options: FaultTimes & { after?: Duration } = {}) {
  return onLink('reset', link, options, { afterMs: durationMs(options.after ?? 0) }, ['after'])
}

export const resetKind = toxicFault({
  kind: 'reset',
  summary: 'connections are reset soon after their first data',
  problems: (spec) => numberProblem(spec, 'afterMs', { atLeast: 0 }),
  toxics: (spec) => [
    { type: 'reset_peer', stream: 'downstream', attributes: { timeout: numberOf(spec, 'afterMs') } },
  ],
  // A relay in between turns a reset into an ordinary end.
  bites: (trip, _spec, { relayed }) =>
    !trip.answered && (trip.how === 'reset' || (relayed === true && trip.how === 'closed')),
  probe: { patienceMs: (spec) => 600 + numberOf(spec, 'afterMs') },
})
