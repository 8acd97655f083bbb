import type { FaultTimes } from '../model/fault.ts'
import type { FaultKind } from './fault.ts'
import { controlOf, lookAtService, onService, unheardProblem } from './on-service.ts'

/** A service is killed; reverting starts it again. What it had in memory is lost, what it wrote is still there. */
export function kill(service: string, times: FaultTimes = {}) {
  return onService('kill', service, times)
}

export const killKind: FaultKind = {
  kind: 'kill',
  summary: 'a service dies without a word, and is started again at the end',
  needs: ['kill'],
  problems: unheardProblem,
  inject: (spec, context) => controlOf(context).kill(spec.service!),
  revert: (spec, context) => controlOf(context).start(spec.service!),
  // Links of a killed service accept and then close; links of a paused one stay silent.
  probe: (spec, context) => lookAtService(spec, context, (trip) => !trip.answered && trip.how !== 'silent'),
}
