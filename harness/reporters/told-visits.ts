import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventOf, JournalEvent } from '../journal/events.ts'
import { logDirOf } from '../journal/log-dir.ts'
import { readJournal } from '../journal/reader.ts'
import { type Turn, turnsOf } from '../journal/turns.ts'
import { traceIdOf } from '../load/trace.ts'
import { formatMs } from '../model/units.ts'

/** What a service's log says of one request of a visit. */
export interface HopLine {
  readonly service: string
  /** Epoch ms of the end of the request there; undefined where the line has none. */
  readonly at: number | undefined
  readonly asked: string
  /** Undefined: the caller went first, or the line does not say. */
  readonly status: string | undefined
  readonly code: string | undefined
  readonly tookMs: number | undefined
  readonly said: string
}

/** One visit, as one arm carried it. */
export interface ToldVisit extends VisitName {
  readonly scenario: string
  readonly arm: string
  /** Of several, from 1. */
  readonly attempt: number
  readonly trace: string
  readonly stream: string
  /** Its intended start, ms from the arm's. */
  readonly dueMs: number
  readonly tookMs: number
  readonly outcome: string
  readonly ok: boolean
  /** ms */
  readonly steps: Readonly<Record<string, number>>
  readonly hops: readonly HopLine[]
}

/** As a run names it: `official-issues-certificate #74`. */
export interface VisitName {
  readonly journey: string
  readonly n: number
}

/** `login 120 ms`, in the order in which they were taken. */
export function stepsInWords({ steps }: ToldVisit): string[] {
  return Object.entries(steps).map(([step, ms]) => `${step} ${formatMs(ms)}`)
}

/** When a request of the visit was over, from the beginning of its first: `+0.25 s`; undefined where its line has no time. */
export function endedAfter({ hops }: ToldVisit): (hop: HopLine) => string | undefined {
  const startedAt = Math.min(...hops.flatMap(({ at, tookMs = 0 }) => (at === undefined ? [] : at - tookMs)))
  return ({ at }) => (at === undefined ? undefined : `+${((at - startedAt) / 1000).toFixed(2)} s`)
}

/** The visit that a text begins with: `official #81 at +3.2 s: timed-out`; undefined where it is about something else. */
export function visitNamed(text: string): VisitName | undefined {
  const [, journey, n] = /^(\S+?) ?#(\d+)(?: at |$)/.exec(text.trim()) ?? []
  return journey === undefined ? undefined : { journey, n: Number(n) }
}

/**
 * Every time that these visits were carried, in every arm, with what the services' logs say of them.
 * @param dir of the run
 * @throws BadInput when its journal cannot be read
 */
export async function toldVisits(dir: string, names: readonly VisitName[]): Promise<ToldVisit[]> {
  const wanted = new Set(names.map(keyOf))
  const place = placing()
  const found: { readonly visit: Omit<ToldVisit, 'hops'>; readonly logs: string }[] = []
  await readJournal(join(dir, 'journal.jsonl'), (event) => {
    place.follow(event)
    if (event.kind !== 'observation' || !wanted.has(keyOf(event))) return
    const visit = place.visitOf(event)
    const { scenario, arm, attempt } = visit
    found.push({ visit, logs: logDirOf(dir, scenario, arm, attempt) })
  })
  const byLogs = Map.groupBy(found, ({ logs }) => logs)
  const hops = new Map(
    [...byLogs].map(([logs, visits]) => [
      logs,
      hopsIn(logs, new Set(visits.map(({ visit }) => visit.trace))),
    ]),
  )
  return found.map(({ visit, logs }) => ({ ...visit, hops: hops.get(logs)?.get(visit.trace) ?? [] }))
}

function keyOf({ journey, n }: VisitName): string {
  return `${journey} #${n}`
}

/** Where in the run the journal is. */
function placing() {
  const turns = turnsOf()
  const starts = new Map<Turn, number>()
  let seed = ''
  let current: Turn | null = null
  return {
    follow(event: JournalEvent): void {
      current = turns.of(event)
      if (event.kind === 'run.started') seed = event.seed
      if (event.kind === 'act.started' && current !== null && !starts.has(current))
        starts.set(current, event.at)
    },
    visitOf(event: EventOf<'observation'>): Omit<ToldVisit, 'hops'> {
      const { journey, stream, n, due, tookMs, outcome, ok, steps } = event
      return {
        ...current!,
        trace: traceIdOf(seed, stream, n),
        journey,
        stream,
        n,
        dueMs: due - (starts.get(current!) ?? 0),
        tookMs,
        outcome,
        ok,
        steps,
      }
    },
  }
}

/** By trace: the lines in the logs of an arm, in the order in which they were written; at the end those without a time. */
function hopsIn(logs: string, traces: ReadonlySet<string>): ReadonlyMap<string, HopLine[]> {
  const hops = new Map([...traces].map((trace) => [trace, [] as HopLine[]]))
  if (!existsSync(logs)) return hops
  for (const name of readdirSync(logs).filter((file) => file.endsWith('.log')))
    for (const line of readFileSync(join(logs, name), 'utf8').split('\n'))
      for (const trace of traces)
        if (line.includes(trace)) hops.get(trace)!.push(hopOf(name.replace(/\.log$/, ''), line))
  for (const lines of hops.values()) lines.sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity))
  return hops
}

/** As pino writes it, or with the names that others have for time and message; of any other line the text. */
function hopOf(service: string, line: string): HopLine {
  const said = parsed(line)
  const word = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))
  const time = said.time ?? said.timestamp ?? said.ts
  const at = typeof time === 'number' ? time : Date.parse(String(time))
  return {
    service,
    at: Number.isFinite(at) ? at : undefined,
    asked: [said.method, said.path].flatMap((part) => word(part) ?? []).join(' '),
    status: word(said.status),
    code: word(said.code),
    tookMs: typeof said.tookMs === 'number' ? said.tookMs : undefined,
    said: word(said.msg ?? said.message) ?? line,
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
