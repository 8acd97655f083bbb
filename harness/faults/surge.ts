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

/** Share of the planned arrivals that must be seen for the surge to count: Poisson scatter leaves this by ten deviations at 100. */
const shown = 0.5

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
  async probe(spec, context) {
    const { active, activeMs, arrived } = context.load.onCommand(surgeStream(spec))
    if (!active) return { bites: false, said: 'no extra arrivals' }
    const planned = (numberOf(spec, 'perSecond') * activeMs) / 1000
    return {
      bites: arrived > 0 && arrived >= shown * planned,
      said: `${arrived} extra arrivals in ${Math.round(activeMs)} ms, ${Math.round(planned)} planned`,
    }
  },
}
