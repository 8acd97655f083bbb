import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import { nothingSeen } from './decide.ts'
import { nameParam, paramsOf, problemsOf } from './params.ts'
import { watchedUntilMs } from './reverts.ts'
import { type CommonOptions, commonOf, type GuardOptions } from './spec.ts'
import { offset } from './visits.ts'

type NoEventOptions =
  | ({ readonly measure: string; readonly sabotages?: readonly string[] } & CommonOptions)
  | ({ readonly measure?: never } & GuardOptions)

/**
 * What answers a fault must not happen without one: a fallback that opens on a healthy morning is a hole. It speaks of
 * arms without a fault. A mechanism where it names the `measure` that emits the event, else a guard.
 * @example noEvent('fallback.opened', { measure: 'password-fallback', source: 'fallback invariant 7' })
 */
export function noEvent(event: string, options: NoEventOptions): CheckSpec {
  const { measure } = options
  const where = { fault: false, ...(measure !== undefined && { measure }) }
  return {
    ...commonOf('no-event', event, { where, ...options }, ['measure']),
    title: options.title ?? `without a fault, no ${event}`,
    role: measure === undefined ? 'guard' : 'mechanism',
    journeys: [],
    params: { event },
  }
}

const params = z.strictObject({ event: nameParam })

export const noEventKind: CheckKind = {
  kind: 'no-event',
  summary: 'an event of the system that must not happen without a fault',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { event } = paramsOf(params, spec)
    const happened = record.system.filter((e) => e.event === event)
    const watched = watchedUntilMs(record) !== null
    const evidence = {
      n: 1,
      unit: 'count',
      estimate: happened.length,
      interval: [happened.length, happened.length],
      threshold: 0,
      good: 'at most',
      smallestDetectable: 1,
    } as const
    if (happened.length > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${event} happened ${happened.length} × although there was no fault`,
        lookAt: happened.slice(0, 5).map((e) => `${e.service} at ${offset(e.ms)}: ${e.event}`),
      }
    if (!watched)
      return nothingSeen('the arm was not watched to its end', {
        unit: 'count',
        threshold: 0,
        good: 'at most',
      })
    return { verdict: 'holds', evidence, said: `no ${event} in the whole arm` }
  },
}
