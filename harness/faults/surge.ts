import type { FaultSpec, FaultTimes, WrittenFault } from '../model/fault.ts'
import type { Journey } from '../model/journey.ts'
import { type Rate, ratePerSecond } from '../model/units.ts'
import type { FaultKind } from './fault.ts'
import { numberOf, numberProblem, timed } from './on-link.ts'

/** More of one journey on top of its usual load: the morning of 22 November (T10), the flood of the 23rd (T11). */
export function surge(journey: Journey, rate: Rate, times: FaultTimes = {}): WrittenFault {
  return {
    kind: 'surge',
    ...timed(`surge ${journey.name}`, times),
    params: { journey: journey.name, perSecond: ratePerSecond(rate) },
  }
}

/** The stream of arrivals a surge adds, by its fault's id. */
function surgeStream(spec: FaultSpec): string {
  return spec.id.replace(' ', '/')
}

/** Arrivals of its own; that they came is for the journal to say, whose visits are nobody's word. */
export const surgeKind: FaultKind = {
  kind: 'surge',
  summary: 'many more users of one journey',
  needs: [],
  problems: (spec) => numberProblem(spec, 'perSecond', { above: 0 }),
  streams: (spec) => {
    const perSecond = numberOf(spec, 'perSecond')
    return [
      {
        id: surgeStream(spec),
        journey: String(spec.params.journey),
        perSecond: [perSecond, perSecond],
        process: 'poisson',
        durationMs: spec.toMs - spec.fromMs,
        begins: 'on-command',
      },
    ]
  },
  inject: (spec, context) => context.load.begin(surgeStream(spec)),
  revert: (spec, context) => context.load.end(surgeStream(spec)),
}
