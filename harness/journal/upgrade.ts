import { actsInTurn, baselineMs } from '../model/acts.ts'
import type { CheckSpec } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import type { JournalEvent } from './events.ts'

/** An event of an older journal as this version has it. */
export function upgraded(event: JournalEvent, version: number): JournalEvent {
  const second = version < 2 ? withRoles(event) : event
  const third = version < 3 ? withActs(second) : second
  const fourth = version < 4 ? withTimesFromStart(third) : third
  return version < 5 ? withActions(fourth) : fourth
}

/** Until version 4 operators did nothing. */
function withActions(event: JournalEvent): JournalEvent {
  return event.kind === 'scenario.started' ? { ...event, plan: { ...event.plan, actions: [] } } : event
}

/** Until version 3 a fault's times counted from the start of the second act. */
function withTimesFromStart(event: JournalEvent): JournalEvent {
  if (event.kind !== 'scenario.started') return event
  const { plan } = event
  const laterMs = baselineMs(plan.acts)
  const faults = plan.faults.map((fault) => ({
    ...fault,
    fromMs: fault.fromMs + laterMs,
    toMs: fault.toMs + laterMs,
  }))
  return { ...event, plan: { ...plan, faults } }
}

/** Version 2 called an act a phase, and had three of them, with a field for each. */
function withActs(event: JournalEvent): JournalEvent {
  if (event.kind === 'scenario.started') {
    const { phasesMs, ...plan } = event.plan as Plan & { phasesMs: Readonly<Record<string, number>> }
    return { ...event, plan: { ...plan, acts: actsInTurn(phasesMs) } }
  }
  const { phase, ...rest } = event as JournalEvent & { phase?: string }
  if (phase === undefined) return event
  return { ...rest, kind: rest.kind.replace('phase.', 'act.'), act: phase } as JournalEvent
}

/**
 * Checks of version 1 had no id, two roles, and windows that could follow an event of the system: what only a measure
 * can show was called `protected`, and is a mechanism now; a window that followed an event begins with its act, as all
 * do now.
 */
function withRoles(event: JournalEvent): JournalEvent {
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
