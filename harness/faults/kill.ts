import type { FaultKind } from './fault.ts'
import type { FaultTimes } from './on-link.ts'
import { controlOf, lookAtService, onService } from './on-service.ts'

/** A service dies without a word; reverting starts it again. What it kept in memory is lost, what it wrote is there. */
export function kill(service: string, times: FaultTimes = {}) {
  return onService('kill', service, times)
}

export const killKind: FaultKind = {
  kind: 'kill',
  summary: 'a service dies without a word, and is started again at the end',
  needs: ['kill'],
  problems: () => [],
  inject: (spec, context) => controlOf(context).kill(spec.service!),
  revert: (spec, context) => controlOf(context).start(spec.service!),
  // Its links accept, and close when they find nobody; a paused one would leave them silent.
  probe: (spec, context) => lookAtService(spec, context, (trip) => !trip.answered && trip.how !== 'silent'),
}
