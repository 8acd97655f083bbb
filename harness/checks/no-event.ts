import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import { counted } from './counted.ts'
import { nothingSeen } from './decide.ts'
import { nameParam, paramsOf, problemsOf } from './params.ts'
import { watchedUntilMs } from './reverts.ts'
import { type CommonOptions, commonOf, type GuardOptions } from './spec.ts'
import { offset } from './visits.ts'
import {
  spanOf,
  type WindowOptions,
  wholeArm,
  windowOf,
  windowOptions,
  windowParam,
  windowWords,
} from './window.ts'

type NoEventOptions = Partial<WindowOptions> &
  (({ readonly measure: string } & CommonOptions) | ({ readonly measure?: never } & GuardOptions))

/**
 * What answers a fault must not happen without one: a fallback that opens on a healthy morning is a hole. It speaks of
 * arms without a fault; with a window (`during`) of every arm, and of that window alone: what must not happen in it. A mechanism where it names the `measure` that emits the event, else a guard.
 * @example noEvent('fallback.opened', { measure: 'password-fallback', source: 'fallback invariant 7' })
 */
export function noEvent(event: string, options: NoEventOptions): CheckSpec {
  const { measure, during } = options
  const window = during === undefined ? undefined : windowOf({ ...options, during })
  const where = {
    ...(window === undefined && { fault: false }),
    ...(measure !== undefined && { measure }),
  }
  return {
    ...commonOf('no-event', event, { where, ...options }, ['measure', ...windowOptions]),
    title:
      options.title ??
      (window === undefined ? `without a fault, no ${event}` : `no ${event} ${windowWords(window)}`),
    role: measure === undefined ? 'guard' : 'mechanism',
    journeys: [],
    params: { event, ...(window !== undefined && { window }) },
  }
}

const params = z.strictObject({ event: nameParam, window: windowParam.exactOptional() })

export const noEventKind: CheckKind = {
  kind: 'no-event',
  summary: 'an event of the system that must not happen without a fault, or in an act',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { event, window } = paramsOf(params, spec)
    const span = window === undefined ? wholeArm : spanOf(record, window)
    const happened = record.system.filter(
      ({ event: name, ms }) => name === event && span !== null && ms >= span.fromMs && ms < span.toMs,
    )
    const watched = span !== null && watchedUntilMs(record) !== null
    const where = window === undefined ? 'although there was no fault' : windowWords(window)
    const evidence = counted(1, happened.length)
    if (happened.length > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${event} happened ${happened.length} × ${where}`,
        lookAt: happened.slice(0, 5).map((e) => `${e.service} at ${offset(e.ms)}: ${e.event}`),
      }
    if (!watched)
      return nothingSeen('the arm was not watched to its end', {
        unit: 'count',
        threshold: 0,
        good: 'at most',
      })
    return {
      verdict: 'holds',
      evidence,
      said: `no ${event} ${window === undefined ? 'in the whole arm' : where}`,
    }
  },
}
