import type { FaultTimes } from '../model/fault.ts'
import type { FaultKind } from './fault.ts'
import { unseenProblem } from './on-link.ts'
import { controlOf, lookAtService, onService, unheardProblem } from './on-service.ts'

/** A service freezes: its sockets stay open and accept, and nothing answers, on any of its ports (F4). */
export function pause(service: string, times: FaultTimes = {}) {
  return onService('pause', service, times)
}

export const pauseKind: FaultKind = {
  kind: 'pause',
  summary: 'a service freezes: it accepts, and answers nothing',
  needs: ['pause'],
  problems: (spec, system) => [...unheardProblem(spec, system), ...unseenProblem(spec, system, 'an answer')],
  inject: (spec, context) => controlOf(context).pause(spec.service!),
  revert: (spec, context) => controlOf(context).resume(spec.service!),
  probe: (spec, context) => lookAtService(spec, context, (trip) => !trip.answered && trip.how === 'silent'),
}
