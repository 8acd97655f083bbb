import { messageOf } from '../../errors.ts'
import { faultKind, faultKinds } from '../../faults/index.ts'
import { armMs, type PlannedAct } from '../../model/acts.ts'
import type { FaultSpec, WrittenFault } from '../../model/fault.ts'
import type { System } from '../../model/system.ts'
import type { Capability } from '../../model/topology.ts'
import { type Duration, durationMs, formatMs } from '../../model/units.ts'
import { unknown } from '../../near-miss.ts'
import { momentOf } from './moments.ts'
import type { Story } from './story.ts'

export interface Abilities {
  readonly capabilities: ReadonlySet<Capability>
  readonly runtime: string
}

/** Faults with their times, ms from the arm's start; one that repeats is as many as it is times. */
export function settleFaults(
  story: Story,
  system: System,
  abilities: Abilities,
  problems: string[],
): FaultSpec[] {
  const settled = story.faults.flatMap(({ fault, act }) => {
    problems.push(...writingProblems(fault, system, abilities))
    return settleTimes(fault, act, story.acts, problems).map((spec) => withStreams(spec))
  })
  for (const spec of settled) problems.push(...kindProblems(spec, system), ...timeProblems(spec, story.acts))
  problems.push(...namesTwice(settled), ...inEachOthersWay(settled))
  return settled
}

/** Names of the journeys that faults bring. */
export function broughtBy(faults: readonly FaultSpec[]): string[] {
  return faults.flatMap(({ streams = [] }) => streams.map(({ journey }) => journey))
}

function withStreams(spec: FaultSpec): FaultSpec {
  const streams = faultKind(spec.kind)?.streams?.(spec) ?? []
  return { ...spec, ...(streams.length > 0 && { streams }) }
}

function settleTimes(
  fault: WrittenFault,
  act: string | undefined,
  acts: readonly PlannedAct[],
  problems: string[],
): FaultSpec[] {
  const { times, unread: _, ...rest } = fault
  const complain = (said: string): void => void problems.push(`fault '${fault.id}': ${said}`)
  try {
    const from = momentOf(times.from ?? 0, act, acts)
    const toMs = times.to === undefined ? endOf(from.act) : momentOf(times.to, act ?? from.act.name, acts).ms
    const once = { ...rest, fromMs: from.ms, toMs }
    return times.repeat === undefined ? [once] : repeated(once, times.repeat)
  } catch (error) {
    complain(messageOf(error))
    return []
  }
}

const endOf = ({ toMs }: PlannedAct): number => toMs

/** @throws RangeError for what cannot repeat */
function repeated(once: FaultSpec, { every, times }: { every: Duration; times: number }): FaultSpec[] {
  const everyMs = durationMs(every)
  const lengthMs = once.toMs - once.fromMs
  if (!Number.isInteger(times) || times < 2 || times > 100)
    throw new RangeError(`it repeats ${times} times; write a whole number from 2 to 100`)
  if (everyMs <= lengthMs)
    throw new RangeError(
      `it repeats every ${formatMs(everyMs)} and lasts ${formatMs(lengthMs)}: it would begin before it has ended; say when it ends ('to')`,
    )
  return Array.from({ length: times }, (_, i) => ({
    ...once,
    id: i === 0 ? once.id : `${once.id} ${i + 1}`,
    fromMs: once.fromMs + i * everyMs,
    toMs: once.toMs + i * everyMs,
  }))
}

/** What is wrong with a fault as it is written, whenever it is on. */
function writingProblems(fault: WrittenFault, system: System, abilities: Abilities): string[] {
  const { id, link, service } = fault
  const kind = faultKind(fault.kind)
  const kinds = faultKinds.map((known) => known.kind)
  const links = system.links.map(({ name }) => name)
  const services = Object.keys(system.services)
  return [
    ...(kind === undefined ? [unknown('fault', fault.kind, kinds)] : []),
    ...(fault.unread ?? []).map((said) => `fault '${id}': ${said}`),
    ...(kind?.needs ?? [])
      .filter((need) => !abilities.capabilities.has(need))
      .map(
        (need) =>
          `fault '${id}' needs '${need}', which the runtime '${abilities.runtime}' cannot do${kind?.otherwise === undefined ? '' : `: ${kind.otherwise}`}`,
      ),
    ...(link !== undefined && !links.includes(link)
      ? [`fault '${id}' is on ${unknown('link', link, links)}`]
      : []),
    ...(service !== undefined && !services.includes(service)
      ? [`fault '${id}' is done to ${unknown('service', service, services)}`]
      : []),
  ]
}

function kindProblems(spec: FaultSpec, system: System): string[] {
  const journeys = system.journeys.all.map(({ name }) => name)
  return [
    ...(faultKind(spec.kind)?.problems(spec, system) ?? []),
    ...broughtBy([spec])
      .filter((name) => !journeys.includes(name))
      .map((name) => `fault '${spec.id}' is of ${unknown('journey', name, journeys)}`),
  ]
}

function timeProblems({ id, fromMs, toMs }: FaultSpec, acts: readonly PlannedAct[]): string[] {
  const [first] = acts
  const endMs = armMs(acts)
  const when = `from ${formatMs(fromMs)} to ${formatMs(toMs)} of the arm`
  // What is wrong with the acts themselves was told.
  if (first === undefined || !(endMs > 0)) return []
  if (!(fromMs < toMs)) return [`fault '${id}' would be on ${when}: it ends before it begins`]
  if (fromMs < first.toMs)
    return [
      `fault '${id}' is on ${when}, but nothing may be wrong in the first act '${first.name}', which lasts to ${formatMs(first.toMs)}`,
    ]
  return toMs <= endMs ? [] : [`fault '${id}' is on ${when}, but the last act ends at ${formatMs(endMs)}`]
}

function namesTwice(faults: readonly FaultSpec[]): string[] {
  const ids = faults.map(({ id }) => id)
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map(
    (id) => `fault '${id}' is there twice: give one of them a name of its own, as { id: '${id} again' }`,
  )
}

/** Two faults at once that the revert of one would take away together. */
function inEachOthersWay(faults: readonly FaultSpec[]): string[] {
  return faults.flatMap((one, i) =>
    faults
      .slice(i + 1)
      .filter((other) => one.fromMs < other.toMs && other.fromMs < one.toMs && sameUndo(one, other))
      .map(
        (other) =>
          `faults '${one.id}' and '${other.id}' are on at once, and reverting one would revert the other: let one end before the other begins`,
      ),
  )
}

function sameUndo(one: FaultSpec, other: FaultSpec): boolean {
  if (one.id === other.id || one.kind !== other.kind) return false
  if (one.link !== other.link || one.service !== other.service) return false
  if (one.link === undefined && one.service === undefined) return false
  const kind = faultKind(one.kind)
  if (kind?.undoes?.(one) !== kind?.undoes?.(other)) return false
  const toxics = kind?.toxics?.(one)
  return toxics === undefined || (kind?.toxics?.(other) ?? []).some((name) => toxics.includes(name))
}
