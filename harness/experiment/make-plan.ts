import { checkKind } from '../checks/index.ts'
import { sizingProblems } from '../checks/sizing.ts'
import { windowProblems } from '../checks/window.ts'
import { messageOf } from '../errors.ts'
import { faultKind, faultKinds } from '../faults/index.ts'
import { untilActEnds } from '../faults/on-link.ts'
import { actsInTurn, type PlannedAct, shortActs } from '../model/acts.ts'
import type { ArrivalsSpec } from '../model/arrivals.ts'
import type { CheckSpec } from '../model/check.ts'
import type { FaultSpec } from '../model/fault.ts'
import type { Plan } from '../model/plan.ts'
import type { Knob, Scenario, ScenarioBody } from '../model/scenario.ts'
import type { System } from '../model/system.ts'
import type { Capability } from '../model/topology.ts'
import { durationMs, ratePerSecond } from '../model/units.ts'
import { unknown } from '../near-miss.ts'

/** The highest rate that a plan may ask for, arrivals a second: more than one machine can generate. */
const highestRate = 20_000

export interface PlanOptions {
  /** `--set`: knob values as typed. */
  readonly set: Readonly<Record<string, string>>
  readonly without: readonly string[]
  readonly faultsOn: boolean
  readonly capabilities: ReadonlySet<Capability>
  readonly runtime: string
}

/** Settles a scenario and looks for every problem before anything starts. @returns the plan, or all problems in words. */
export function makePlan(scenario: Scenario, options: PlanOptions): { plan: Plan } | { problems: string[] } {
  const problems: string[] = []
  const knobs = settleKnobs(scenario, options.set, problems)
  let body: ScenarioBody
  try {
    body = scenario.build(knobs)
  } catch (error) {
    return { problems: [...problems, messageOf(error)].map((problem) => `${scenario.name}: ${problem}`) }
  }
  const { system } = scenario
  const acts = settleActs(body, problems)
  const load = settleLoad(body, system, problems)
  const faults = settleFaults(body, system, acts, options, problems)
  const journeys = [...new Set([...load.map(({ journey }) => journey), ...broughtBy(faults)])]
  problems.push(...systemProblems(system))
  problems.push(...measureProblems(body, system, options.without))
  problems.push(...checkProblems(body, system, { journeys, acts }))
  if (problems.length === 0) problems.push(...sizingProblems({ checks: body.hypothesis, load, faults, acts }))
  if (problems.length > 0) return { problems: problems.map((problem) => `${scenario.name}: ${problem}`) }
  return {
    plan: {
      scenario: scenario.name,
      title: scenario.title,
      facts: scenario.facts,
      system: system.name,
      knobs,
      acts,
      load,
      faults: options.faultsOn ? faults : [],
      measures: body.measures.filter(({ name }) => !options.without.includes(name)),
      without: options.without.filter((name) => body.measures.some((used) => used.name === name)),
      faultsOn: options.faultsOn,
      checks: body.hypothesis,
      baselineAtLeast: body.baselineAtLeast ?? 0.9,
    },
  }
}

function settleKnobs(
  scenario: Scenario,
  set: PlanOptions['set'],
  problems: string[],
): Record<string, number> {
  const values: Record<string, number> = {}
  for (const [name, knob] of Object.entries(scenario.knobs)) values[name] = knobValue(knob, knob.default)
  for (const [name, typed] of Object.entries(set)) {
    const knob = scenario.knobs[name]
    if (knob === undefined) continue
    try {
      values[name] = knobValue(knob, typed)
    } catch (error) {
      problems.push(`--set ${name}: ${messageOf(error)}`)
    }
  }
  return values
}

/**
 * A knob's value as it was declared (a number is ms, or per second) or typed, when it needs its unit.
 * @throws RangeError that says what is wanted
 */
export function knobValue(knob: Knob, value: string | number): number {
  if (knob.type === 'duration') return durationMs(value)
  if (knob.type === 'rate') return ratePerSecond(value)
  const number = typeof value === 'number' || value.trim() !== '' ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) throw new RangeError(`'${value}' is not a number`)
  return number
}

function settleActs(body: ScenarioBody, problems: string[]): PlannedAct[] {
  const lengthsMs: Record<string, number> = {}
  for (const act of shortActs) {
    lengthsMs[act] = 0
    try {
      lengthsMs[act] = durationMs(body.acts[act])
      if (lengthsMs[act] <= 0) problems.push(`act '${act}' must last longer than 0`)
    } catch (error) {
      problems.push(`act '${act}': ${messageOf(error)}`)
    }
  }
  return actsInTurn(lengthsMs)
}

function settleLoad(body: ScenarioBody, system: System, problems: string[]): ArrivalsSpec[] {
  const links = system.links.map(({ name }) => name)
  const names = system.journeys.all.map(({ name }) => name)
  if (body.load.length === 0) problems.push('there is no load: a check needs visits to judge')
  return body.load.flatMap(({ journey, rate, to, process, unread = [] }) => {
    for (const name of unread)
      problems.push(`load of '${journey.name}': ${unknown('option', name, ['to', 'process'])}`)
    if (!names.includes(journey.name)) problems.push(unknown('journey', journey.name, names))
    if (!links.includes(journey.entrance))
      problems.push(`journey '${journey.name}' enters by ${unknown('link', journey.entrance, links)}`)
    try {
      const from = ratePerSecond(rate)
      const until = to === undefined ? from : ratePerSecond(to)
      for (const value of new Set([from, until]))
        if (value > highestRate || (value === 0 && from === until))
          problems.push(
            `load of '${journey.name}': ${value}/s is impossible; write a rate above 0 and up to ${highestRate}/s`,
          )
      const { users, successIs, servedWithinMs } = journey
      const said = {
        ...(users !== undefined && { users }),
        ...(successIs !== undefined && { successIs }),
        ...(servedWithinMs !== undefined && { servedWithinMs }),
      }
      return [{ journey: journey.name, ...said, perSecond: [from, until] as const, process }]
    } catch (error) {
      problems.push(`load of '${journey.name}': ${messageOf(error)}`)
      return []
    }
  })
}

function settleFaults(
  body: ScenarioBody,
  system: System,
  acts: readonly PlannedAct[],
  options: PlanOptions,
  problems: string[],
): FaultSpec[] {
  const links = system.links.map(({ name }) => name)
  const ids = new Set<string>()
  const [, during] = acts
  const faultMs = (during?.toMs ?? 0) - (during?.fromMs ?? 0)
  return body.faults.map((spec) => {
    const kind = faultKind(spec.kind)
    const ended = { ...spec, toMs: spec.toMs === untilActEnds ? faultMs : spec.toMs }
    const streams = kind?.streams?.(ended) ?? []
    const settled = { ...ended, ...(streams.length > 0 && { streams }) }
    if (kind === undefined)
      problems.push(
        unknown(
          'fault',
          spec.kind,
          faultKinds.map((known) => known.kind),
        ),
      )
    else {
      problems.push(...kind.problems(settled))
      for (const said of spec.unread ?? []) problems.push(`fault '${spec.id}': ${said}`)
      for (const need of kind.needs)
        if (!options.capabilities.has(need))
          problems.push(
            `fault '${spec.id}' needs '${need}', which the runtime '${options.runtime}' cannot do${kind.otherwise === undefined ? '' : `: ${kind.otherwise}`}`,
          )
    }
    if (spec.link !== undefined && !links.includes(spec.link))
      problems.push(`fault '${spec.id}' is on ${unknown('link', spec.link, links)}`)
    if (spec.service !== undefined && !(spec.service in system.services))
      problems.push(
        `fault '${spec.id}' is done to ${unknown('service', spec.service, Object.keys(system.services))}`,
      )
    const journeys = system.journeys.all.map(({ name }) => name)
    for (const name of broughtBy([settled]))
      if (!journeys.includes(name))
        problems.push(`fault '${spec.id}' is of ${unknown('journey', name, journeys)}`)
    if (!(settled.fromMs >= 0 && settled.fromMs < settled.toMs && settled.toMs <= faultMs))
      problems.push(
        `fault '${spec.id}' lasts from ${settled.fromMs} to ${settled.toMs} ms, outside the act of 0 to ${faultMs} ms`,
      )
    if (ids.has(spec.id))
      problems.push(`fault '${spec.id}' is there twice: a link or a service carries one fault of a kind`)
    ids.add(spec.id)
    return settled
  })
}

function broughtBy(faults: readonly FaultSpec[]): string[] {
  return faults.flatMap((spec) => (faultKind(spec.kind)?.streams?.(spec) ?? []).map(({ journey }) => journey))
}

function systemProblems(system: System): string[] {
  const problems: string[] = []
  const services = Object.keys(system.services)
  for (const { name, from, to } of system.links)
    for (const end of [from, to])
      if (end !== null && !services.includes(end))
        problems.push(`link '${name}' leads to ${unknown('service', end, services)}`)
  const visit = (service: string, path: readonly string[]): void => {
    if (path.includes(service)) {
      problems.push(`links form a circle, so nothing can start first: ${[...path, service].join('→')}`)
      return
    }
    for (const link of system.links) if (link.from === service) visit(link.to, [...path, service])
  }
  if (problems.length === 0) for (const service of services) visit(service, [])
  return [...new Set(problems)].slice(0, 10)
}

function measureProblems(body: ScenarioBody, system: System, without: readonly string[]): string[] {
  const known = Object.keys(system.measures)
  const services = Object.keys(system.services)
  return [
    ...body.measures.flatMap(({ name, params }) => {
      const spec = system.measures[name]
      if (spec === undefined) return [unknown('measure', name, known)]
      const problems = spec.problems?.(params) ?? []
      if (problems.length > 0) return problems.map((said) => `measure '${name}': ${said}`)
      return Object.keys(spec.environment(params))
        .filter((service) => !services.includes(service))
        .map((service) => `measure '${name}' sets variables of ${unknown('service', service, services)}`)
    }),
    ...without
      .filter((name) => !known.includes(name))
      .map((name) => `--without: ${unknown('measure', name, known)}`),
  ]
}

function checkProblems(
  body: ScenarioBody,
  system: System,
  { journeys, acts }: { journeys: readonly string[]; acts: readonly PlannedAct[] },
): string[] {
  const problems: string[] = []
  const titles = new Set<string>()
  const ids = new Set<string>()
  if (body.hypothesis.length === 0) problems.push('the hypothesis is empty: nothing would be checked')
  else if (!body.hypothesis.some(({ role }) => role === 'protected'))
    problems.push('no check is protected: nothing says what users must get, so the gate could never fail')
  for (const spec of body.hypothesis) {
    problems.push(...(checkKind(spec.kind)?.problems(spec) ?? [`unknown check '${spec.kind}'`]))
    for (const said of spec.unread ?? []) problems.push(`check '${spec.title}': ${said}`)
    for (const journey of spec.journeys)
      if (!journeys.includes(journey))
        problems.push(`check '${spec.title}' reads journey '${journey}', which does not run in this scenario`)
    const { invariant } = spec.params as { invariant?: string }
    if (invariant !== undefined && !(invariant in system.invariants))
      problems.push(
        `check '${spec.title}' reads ${unknown('invariant', invariant, Object.keys(system.invariants))}`,
      )
    problems.push(...whereProblems(spec, body), ...windowProblems(spec, acts))
    if (titles.has(spec.title)) problems.push(`check '${spec.title}' is there twice`)
    else if (ids.has(spec.id))
      problems.push(
        `check '${spec.title}' has the id '${spec.id}', which another has: give it an id of its own`,
      )
    titles.add(spec.title)
    ids.add(spec.id)
  }
  return problems
}

/** Measures that a check speaks of and its scenario does not have. */
function whereProblems(spec: CheckSpec, body: ScenarioBody): string[] {
  const used = body.measures.map(({ name }) => name)
  return [spec.where?.measure, spec.minimumWhere?.measure]
    .filter((name) => name !== undefined && !used.includes(name))
    .map((name) => `check '${spec.title}' speaks of ${unknown('measure', name!, used)}`)
}

/** `--set` names that no chosen scenario declares. */
export function unknownKnobs(scenarios: readonly Scenario[], set: PlanOptions['set']): string[] {
  const known = [...new Set(scenarios.flatMap(({ knobs }) => Object.keys(knobs)))]
  return Object.keys(set)
    .filter((name) => !known.includes(name))
    .map((name) => `--set: ${unknown('knob', name, known)}`)
}
