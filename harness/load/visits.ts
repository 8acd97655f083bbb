/**
 * The visit engine, the same in every driver: schedule → start → journey → observation. A driver gives it a clock, an
 * HTTP client and a sink. It runs in Node and within k6, so it imports nothing of either.
 */
import type { ArrivalStream } from '../model/arrivals.ts'
import type { Departure, Http, Journey, Visit } from '../model/journey.ts'
import { schedule } from './arrivals.ts'
import { outcomeOfException } from './exception.ts'
import { seeded } from './random.ts'
import { traceIdOf, tracing } from './trace.ts'

/**
 * An order to end or to drain that comes so shortly before a stream's planned end leaves the stream whole, ms. Timers
 * fire a little early or late; which visits exist is for the schedule to say, or arms would differ by the last one.
 */
const nearEndMs = 100

/** How often the end of a drain is looked for, ms. */
const drainLookMs = 10

/** What is to be carried. */
export interface VisitsPlan {
  readonly seed: string
  readonly streams: readonly ArrivalStream[]
  /** Base URL of each entrance link, by link name. */
  readonly entrances: Readonly<Record<string, string>>
  /** The users' data, parsed. */
  readonly data: unknown
  /** More visits at once than this are dropped. */
  readonly maxInFlight: number
}

/** What a driver gives. Times are epoch ms with fractions. */
export interface Ground {
  now(): number
  sleep(ms: number): Promise<void>
  /** The users' HTTP client for one journey, which enters at `base`. */
  client(base: string, journey: Journey): Http
  /** What is due within so many ms starts together, ms: being woken costs more than a visit. Counted as lag. */
  readonly togetherMs: number
  /** Of several engines that share the arrivals, which one this is, from 0. */
  readonly share?: { readonly of: number; readonly which: number }
}

/** A visit that the schedule says is due. */
export interface Due {
  readonly journey: Journey
  readonly stream: ArrivalStream
  /** Its number in the stream, from 0. */
  readonly n: number
  readonly dueAt: number
  /** How much later than that it was started, ms. */
  readonly lagMs: number
}

/** How a visit went. */
export interface Outcome {
  readonly at: number
  readonly tookMs: number
  readonly outcome: string
  /** What the user took home, where the journey says so. */
  readonly took?: string
  readonly ok: boolean
  readonly steps: Readonly<Record<string, number>>
}

/** Gets every visit as it happens. */
export interface Sink {
  /** It is due. `dropped`: there were too many at once, and it is not started. */
  due(visit: Due, dropped: boolean): void
  /** It has come to its end, or the drain would wait no longer (`unfinished`). */
  over(visit: Due, how: Outcome): void
}

export interface Counts {
  due: number
  started: number
  dropped: number
  finished: number
}

/** All visits of one engine. */
export interface Visits {
  counts(): Readonly<Counts> & { readonly inFlight: number }
  /** Starts the streams that begin with the arm, each at its planned time. */
  start(at: number): void
  /** Starts a stream that begins on command: at its planned time where it has one, else at `at`. */
  begin(stream: string, at: number): void
  /** Visits of the stream that are due from `at` on do not come; near its planned end, all come. */
  end(stream: string, at: number): void
  /** The same for all streams; resolves when the last visit is over. At `giveUpAt` what is left is told as unfinished. */
  drain(at: number, giveUpAt: number): Promise<void>
}

/** One stream with those who come by it. */
interface Runner {
  readonly stream: ArrivalStream
  readonly journey: Journey
  readonly http: Http
  /** Of `goesOnTo`, by entrance. */
  readonly others: ReadonlyMap<string, Http>
  /** Visits due from here on do not come, epoch ms. */
  cutAt: number
  /** Epoch ms of its own start; undefined until it has begun. */
  startAt: number | undefined
  /** Whether visits of it are still to come. */
  coming: boolean
  /** Starts what is due, and waits for the next. */
  wake(): void
}

/**
 * @param exported the journeys, as their module exports them
 * @throws when a stream's journey is not among them, or enters by no link
 */
export function openVisits(plan: VisitsPlan, exported: object, ground: Ground, sink: Sink): Visits {
  const runners = runnersOf(plan, exported, ground)
  const counts: Counts = { due: 0, started: 0, dropped: 0, finished: 0 }
  const unfinished = new Set<Due>()
  let startedAt: number | undefined

  const visit = async (runner: Runner, n: number, dueAt: number): Promise<void> => {
    const { journey, stream } = runner
    const due: Due = { journey, stream, n, dueAt, lagMs: ground.now() - dueAt }
    const dropped = unfinished.size >= plan.maxInFlight
    counts.due++
    sink.due(due, dropped)
    if (dropped) {
      counts.dropped++
      return
    }
    counts.started++
    unfinished.add(due)
    const steps: Record<string, number> = {}
    const left = await departureOf(journey, visitOf(plan, runner, n, steps, ground))
    // A visit that the end of the drain has told as unfinished is not told twice.
    if (!unfinished.delete(due)) return
    counts.finished++
    sink.over(due, overOf(due, left, steps, ground.now()))
  }

  const begin = (runner: Runner, at: number): void => {
    if (runner.startAt !== undefined) return
    runner.startAt = at
    follow(runner, plan.seed, ground, (n, dueAt) => void visit(runner, n, dueAt))
  }

  return {
    counts: () => ({ ...counts, inFlight: unfinished.size }),
    start(at) {
      startedAt = at
      for (const runner of runners.values())
        if (runner.stream.begins === 'with-the-arm') begin(runner, plannedStart(runner.stream, at) ?? at)
    },
    begin(stream, at) {
      const runner = runners.get(stream)!
      begin(runner, plannedStart(runner.stream, startedAt) ?? at)
    },
    end: (stream, at) => cut(runners.get(stream)!, at),
    async drain(at, giveUpAt) {
      const all = [...runners.values()]
      for (const runner of all) cut(runner, at)
      while ((unfinished.size > 0 || all.some(({ coming }) => coming)) && ground.now() < giveUpAt)
        await ground.sleep(drainLookMs)
      for (const due of unfinished) {
        unfinished.delete(due)
        sink.over(due, overOf(due, { outcome: 'unfinished' }, {}, ground.now()))
      }
    },
  }
}

/** When a stream is planned to begin, epoch ms; undefined where only the order says. */
export function plannedStart({ atMs }: ArrivalStream, startedAt: number | undefined): number | undefined {
  return atMs === undefined || startedAt === undefined ? undefined : startedAt + atMs
}

/** Cuts a stream off, unless that is near its planned end; what was due before comes nevertheless. */
function cut(runner: Runner, at: number): void {
  const { startAt, stream } = runner
  if (startAt === undefined) runner.cutAt = Number.NEGATIVE_INFINITY
  else if (at < startAt + stream.durationMs - nearEndMs) runner.cutAt = Math.min(runner.cutAt, at)
  if (runner.coming) runner.wake()
}

/** Starts visits as the schedule has them. Plain timers, no promise for each: at a thousand a second that is felt. */
function follow(
  runner: Runner,
  seed: string,
  { now, togetherMs, share = { of: 1, which: 0 } }: Ground,
  visit: (n: number, dueAt: number) => void,
): void {
  const starts = schedule(runner.stream, seed)
  const startAt = runner.startAt!
  let n = 0
  let next = starts.next()
  let timer: ReturnType<typeof setTimeout> | undefined
  runner.coming = true
  runner.wake = () => {
    clearTimeout(timer)
    for (; !next.done; next = starts.next(), n++) {
      const dueAt = startAt + next.value
      if (dueAt >= runner.cutAt) break
      if (n % share.of !== share.which) continue
      const waitMs = dueAt - now()
      if (waitMs > 0) {
        timer = setTimeout(runner.wake, Math.max(waitMs, togetherMs))
        return
      }
      visit(n, dueAt)
    }
    runner.coming = false
  }
  runner.wake()
}

function runnersOf(plan: VisitsPlan, exported: object, ground: Ground): ReadonlyMap<string, Runner> {
  const journeys = Object.values(exported).flat().filter(isJourney)
  return new Map(
    plan.streams.map((stream) => {
      const journey = journeys.find(({ name }) => name === stream.journey)
      if (journey === undefined)
        throw new Error(`journey '${stream.journey}' is not exported by the journeys' module`)
      const clientOf = (entrance: string): Http => {
        const base = plan.entrances[entrance]
        if (base === undefined)
          throw new Error(`journey '${journey.name}' enters by '${entrance}', which is no link`)
        return ground.client(base, journey)
      }
      const http = clientOf(journey.entrance)
      const others = new Map((journey.goesOnTo ?? []).map((entrance) => [entrance, clientOf(entrance)]))
      const begun = { startAt: undefined, cutAt: Number.POSITIVE_INFINITY, coming: false, wake() {} }
      return [stream.id, { stream, journey, http, others, ...begun }]
    }),
  )
}

function visitOf(
  { seed, data }: VisitsPlan,
  { stream, journey, http, others }: Runner,
  n: number,
  steps: Record<string, number>,
  { now, sleep }: Ground,
): Visit {
  const { from, every } = stream.numbering ?? { from: 0, every: 1 }
  const traced = tracing(() => traceIdOf(seed, stream.id, n))
  return {
    index: from + n * every,
    http: traced(http),
    at(entrance) {
      const other = others.get(entrance)
      if (other === undefined)
        throw new Error(`journey '${journey.name}' does not say that it goes on to '${entrance}'`)
      return traced(other)
    },
    random: seeded(`${seed}/${stream.id}/${n}`),
    data,
    async step(name, part) {
      const from = now()
      try {
        return await part()
      } finally {
        steps[name] = hundredths((steps[name] ?? 0) + now() - from)
      }
    },
    pause: sleep,
  }
}

type Left = Pick<Departure, 'outcome'> & Partial<Departure>

async function departureOf(journey: Journey, visit: Visit): Promise<Left> {
  try {
    const left = await journey.run(visit)
    if (typeof left !== 'object' || left === null) return { outcome: String(left) }
    return { outcome: String(left.outcome), took: String(left.took) }
  } catch (error) {
    return { outcome: outcomeOfException(error) }
  }
}

function overOf(due: Due, { outcome, took }: Left, steps: Record<string, number>, at: number): Outcome {
  const tookMs = at - due.dueAt
  const { succeedsWith, servedWithinMs = Number.POSITIVE_INFINITY } = due.journey
  const ok = succeedsWith.includes(outcome) && tookMs <= servedWithinMs
  return { at, tookMs, outcome, ...(took !== undefined && { took }), ok, steps }
}

function isJourney(value: unknown): value is Journey {
  return typeof value === 'object' && value !== null && 'run' in value && 'entrance' in value
}

/** The journal keeps hundredths of a millisecond. */
export function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}
