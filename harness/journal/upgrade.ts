import type { CheckSpec } from '../model/check.ts'
import type { JournalEvent } from './events.ts'

/**
 * An event of a journal of version 1 as version 2 has it. Its checks had no id, two roles, and windows that could follow
 * an event of the system: what only a measure can show was called `protected`, and is a mechanism now; a window that
 * followed an event begins with its phase, as all do now.
 */
export function upgraded(event: JournalEvent): JournalEvent {
  if (event.kind !== 'scenario.started') return event
  const { plan } = event
  const measure = plan.measures.at(-1)?.name ?? plan.without.at(-1) ?? 'none'
  const checks = plan.checks.map((spec, i) => upgradedCheck(spec, i, measure))
  return { ...event, plan: { ...plan, checks } }
}

const mechanisms = ['time-to', 'share', 'invariant']

function upgradedCheck(spec: CheckSpec, place: number, measure: string): CheckSpec {
  const { window, ...params } = spec.params as { window?: Record<string, unknown> }
  const { afterEvent: _, graceMs: __, ...planned } = window ?? {}
  const ofMeasure = spec.role === 'protected' && mechanisms.includes(spec.kind)
  const ofFault = ofMeasure || spec.kind === 'recovery' || spec.kind === 'time-to'
  return {
    ...spec,
    id: `${spec.kind}:${place + 1}`,
    role: ofMeasure ? 'mechanism' : spec.role,
    ...(ofFault && { where: { fault: true, ...(ofMeasure && { measure }) } }),
    ...(spec.role === 'guard' && { minimumWhere: { fault: true, measure } }),
    params: { ...params, ...(window !== undefined && { window: planned }) },
  }
}
