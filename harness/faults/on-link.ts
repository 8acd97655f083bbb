import type { FaultSpec, FaultTimes, Sighting, WrittenFault } from '../model/fault.ts'
import { spokenBy } from '../model/service.ts'
import { linkName } from '../model/system.ts'
import type { LinkAddress } from '../model/topology.ts'
import type { ToxicSpec } from '../model/toxics.ts'
import { unread } from '../near-miss.ts'
import type { FaultContext, FaultKind, FaultySystem } from './fault.ts'
import { type RoundTrip, roundTrip, tell, tellTrip } from './probe.ts'
import { type Answering, canHave, type ProbeEnding } from './questions.ts'

/** A fault on a link as data. */
export function onLink(
  kind: string,
  link: string,
  times: FaultTimes,
  params: FaultSpec['params'] = {},
  /** Names of the options that are its own. */
  own: readonly string[] = [],
): WrittenFault {
  const name = linkName(link)
  return { kind, ...timed(`${kind} ${name}`, times, own), link: name, params }
}

/**
 * @param id its name, unless the scenario gives it one
 * @param own names of the options that are its own
 */
export function timed(
  id: string,
  times: FaultTimes,
  own: readonly string[] = [],
): Pick<WrittenFault, 'id' | 'times' | 'unread'> {
  const { from, to, repeat } = times
  return {
    id: times.id ?? id,
    times: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(repeat !== undefined && { repeat }),
    },
    ...unread(times, ['from', 'to', 'id', 'repeat', ...own]),
  }
}

/** How long a probe waits before it calls a link silent, ms. */
const probePatienceMs = 600

interface ToxicFault {
  kind: string
  summary: string
  problems?(spec: FaultSpec, system: FaultySystem): string[]
  /** What its probe needs of who answers; default: an answer. */
  needs?: Answering
  toxics(spec: FaultSpec): readonly Omit<ToxicSpec, 'name' | 'toxicity'>[]
}

/** A look of its own, where one round trip does not show the fault. */
interface OwnLook {
  look: NonNullable<FaultKind['probe']>
}

interface OneTrip {
  /** Does this round trip through this link show the fault? */
  bites(trip: RoundTrip, spec: FaultSpec, link: LinkAddress): boolean
  probe?: {
    patienceMs?: (spec: FaultSpec) => number
    bytes?: (spec: FaultSpec) => number
    /** Looks once with each kind of connection; the fault bites where it bites all of them. Default: kept alive. */
    endings?: readonly ProbeEnding[]
  }
}

/** A fault that is one or two toxics on a link's proxy, and a probe that judges round trips through it. */
export function toxicFault(kind: ToxicFault & (OneTrip | OwnLook)): FaultKind {
  const named = (spec: FaultSpec): ToxicSpec[] =>
    kind.toxics(spec).map((toxic, i, all) => {
      const first = all.findIndex(({ stream }) => stream === toxic.stream) === i
      const name = [toxicPrefix(spec), toxic.stream, ...(first ? [] : [toxic.type])].join('-')
      return { ...toxic, name, toxicity: 1 }
    })
  return {
    kind: kind.kind,
    summary: kind.summary,
    needs: ['links'],
    problems: (spec, system) => [
      ...unseenProblem(spec, system, kind.needs ?? 'an answer'),
      ...(kind.problems?.(spec, system) ?? []),
    ],
    toxics: (spec) => named(spec).map(({ name }) => name),
    async inject(spec, context) {
      const { proxy } = linkOf(spec, context)
      for (const toxic of named(spec)) await context.topology.toxiproxy.addToxic(proxy, toxic)
    },
    async revert(spec, context) {
      const { proxy } = linkOf(spec, context)
      for (const toxic of named(spec)) await context.topology.toxiproxy.removeToxic(proxy, toxic.name)
    },
    probe: 'look' in kind ? kind.look : oneTrip(kind),
  }
}

function oneTrip({ bites, probe }: OneTrip): NonNullable<FaultKind['probe']> {
  return (spec, context) =>
    look(spec, context, (trip) => bites(trip, spec, linkOf(spec, context)), {
      patienceMs: probe?.patienceMs?.(spec) ?? probePatienceMs,
      bytes: probe?.bytes?.(spec) ?? 0,
      endings: probe?.endings ?? ['kept-alive'],
    })
}

/** What its toxics' names begin with: its kind, or the name that tells it from another of the kind on the same link. */
export function toxicPrefix({ kind, id, link }: FaultSpec): string {
  return id === `${kind} ${link}` ? kind : `${kind}-${id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
}

/** One look through a fault's link, with each kind of connection that is asked for, all at once. */
export async function look(
  spec: FaultSpec,
  context: FaultContext,
  bites: (trip: RoundTrip) => boolean,
  options: { patienceMs?: number; bytes?: number; endings?: readonly ProbeEnding[] } = {},
): Promise<Sighting> {
  const link = linkOf(spec, context)
  const { patienceMs = probePatienceMs, bytes: wantBytes = 0, endings = ['kept-alive'] } = options
  const trips = await Promise.all(
    endings.map((ending) => roundTrip(link, patienceMs, context.signal, { wantBytes, ending })),
  )
  const told = trips.map((trip, i) => (i === 0 ? tell(link, trip) : `${endings[i]}: ${tellTrip(trip)}`))
  return {
    bites: trips.every(bites),
    said: told.join('; '),
    clients: trips.flatMap(({ client }) => client ?? []),
  }
}

export function linkOf(spec: FaultSpec, context: FaultContext): LinkAddress {
  return context.topology.link(spec.link!)
}

/** A parameter that the plan has checked; NaN for what is no number, which the plan refuses. */
export function numberOf({ params }: Pick<FaultSpec, 'params'>, name: string): number {
  const value = params[name]
  return typeof value === 'number' ? value : Number.NaN
}

/** The problem with a fault on a link or a service whose probe cannot have this of who is behind: it would bite unseen. */
export function unseenProblem(
  { id, link, service }: FaultSpec,
  { links, services }: FaultySystem,
  needs: Answering,
): string[] {
  const behind = service ?? links.find(({ name }) => name === link)?.to
  const spec = behind === undefined ? undefined : services[behind]
  if (spec === undefined) return []
  const spoken = spokenBy(spec)
  if (canHave(spoken, needs)) return []
  const mend =
    needs === 'an answer' ? `; give '${behind}' what a client may say first, as { ask: 'version\\r\\n' }` : ''
  return [
    `fault '${id}' would bite unseen: its probe needs ${needs} of '${behind}', which speaks ${spoken.protocol}${mend}`,
  ]
}

/** The problem with a parameter that must be a number within bounds, if there is one. */
export function numberProblem(
  spec: FaultSpec,
  name: string,
  bounds: { above?: number; atLeast?: number; atMost?: number },
): string[] {
  const value = spec.params[name]
  const good =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (bounds.above === undefined || value > bounds.above) &&
    (bounds.atLeast === undefined || value >= bounds.atLeast) &&
    (bounds.atMost === undefined || value <= bounds.atMost)
  const least = bounds.above !== undefined ? `above ${bounds.above}` : `at least ${bounds.atLeast}`
  const bound = bounds.atMost === undefined ? least : `${least} and at most ${bounds.atMost}`
  return good ? [] : [`fault '${spec.id}': ${name} must be a number ${bound}, not ${String(value)}`]
}
