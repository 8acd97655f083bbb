/**
 * What k6 runs: all users of a scenario, on the event loops of a few VUs. A VU of k6 carries one iteration at a time and
 * holds a JavaScript runtime and the users' data of its own; an outage keeps hundreds of visits waiting. So an iteration
 * lasts as long as the arm, and every VU starts its share of the arrivals, each at its own time, whatever those before it
 * are doing: the open model, with the very schedule of the built-in driver.
 */
import exec from 'k6/execution'
import type { Http, Journey, Visit } from '../../../model/journey.ts'
import { schedule } from '../../arrivals.ts'
import { seeded } from '../../random.ts'
import { type Order, type ScriptLoad, type ScriptStream, type VuReport, vus } from '../protocol.ts'
import { fineClock, sleep } from './clock.ts'
import { usersHttp } from './http.ts'
import { metrics } from './metrics.ts'
import { obeyHarness } from './orders.ts'

const flushEveryMs = 50
const reportEveryMs = 100
const loopWatchMs = 20

/** Alone, the first arrival may come this long after k6 has started the VUs, ms. */
const headStartMs = 1000
/** Alone, how long visits under way are waited for at the end, ms. */
const drainMs = 10_000

interface Runner {
  readonly stream: ScriptStream
  readonly journey: Journey
  readonly http: Http
  arrived: number
  ended: boolean
}

/**
 * The function that k6 runs, once per VU.
 * @param ordersFrom URL of the harness that gives the orders; without it, streams follow their own times and nothing but
 * k6's own metrics is reported.
 */
export function users(
  load: ScriptLoad,
  journeys: Readonly<Record<string, unknown>>,
  ordersFrom: string | undefined,
): () => Promise<void> {
  const runners = runnersOf(load, journeys)
  return () => carry(load, runners, ordersFrom)
}

function runnersOf(load: ScriptLoad, journeys: Readonly<Record<string, unknown>>): Map<string, Runner> {
  const all = Object.values(journeys).flat().filter(isJourney)
  const runners = new Map<string, Runner>()
  for (const stream of load.streams) {
    const journey = all.find(({ name }) => name === stream.journey)
    if (journey === undefined)
      throw new Error(`journey '${stream.journey}' is not exported by the journeys' module`)
    const base = load.entrances[journey.entrance]
    if (base === undefined)
      throw new Error(`journey '${journey.name}' enters by '${journey.entrance}', which is no link`)
    const http = usersHttp(base, journey.name)
    runners.set(stream.id, { stream, journey, http, arrived: 0, ended: false })
  }
  return runners
}

async function carry(
  load: ScriptLoad,
  runners: ReadonlyMap<string, Runner>,
  ordersFrom: string | undefined,
): Promise<void> {
  const vu = exec.vu.idInTest
  const now = fineClock()
  const counts = { due: 0, started: 0, dropped: 0, finished: 0 }
  const maxInFlight = Math.ceil(load.maxInFlight / vus)
  const unfinished = new Map<number, { runner: Runner; n: number; dueAt: number; lagMs: number }>()
  let startedAt = 0
  let visits = 0
  let draining = false
  let loopDelayMaxMs = 0
  let lines: string[] = []
  let lagsMs: number[] = []
  let live: Record<string, { arrived: number; ok: number; failed: number; tookMs: number[] }> = {}

  const liveOf = (journey: string) => {
    live[journey] ??= { arrived: 0, ok: 0, failed: 0, tookMs: [] }
    return live[journey]
  }
  const flush = (): void => {
    if (lines.length > 0) console.log(lines.join('\n'))
    lines = []
  }
  const report = (final: boolean): void => {
    if (ordersFrom === undefined) return
    const arrived = Object.fromEntries([...runners].map(([id, runner]) => [id, runner.arrived]))
    const inFlight = unfinished.size
    const said: VuReport = {
      kind: 'vu',
      vu,
      at: round(now()),
      final,
      ...counts,
      inFlight,
      loopDelayMaxMs,
      lagsMs,
      arrived,
      journeys: live,
    }
    lagsMs = []
    live = {}
    console.log(JSON.stringify(said))
  }

  const observe = (
    { journey, stream }: Runner,
    n: number,
    dueAt: number,
    lagMs: number,
    outcome: string,
    steps: Record<string, number>,
  ): void => {
    const at = now()
    const tookMs = at - dueAt
    const ok = journey.succeedsWith.includes(outcome)
    const tags = { journey: journey.name, stream: stream.id, phase: phaseOf(load, dueAt - startedAt) }
    metrics.ok.add(ok, tags)
    metrics.took.add(tookMs, tags)
    for (const step in steps) metrics.step.add(steps[step]!, { ...tags, step })
    if (ordersFrom === undefined) return
    const entry = liveOf(journey.name)
    if (ok) entry.ok++
    else entry.failed++
    entry.tookMs.push(round(tookMs))
    lines.push(
      `{"kind":"observation","at":${round(at)},"journey":"${journey.name}","stream":"${stream.id}","n":${n},"due":${round(dueAt)},"lagMs":${round(lagMs)},"tookMs":${round(tookMs)},"outcome":${JSON.stringify(outcome)},"ok":${ok},"steps":${JSON.stringify(steps)}}`,
    )
  }

  const visit = async (runner: Runner, n: number, dueAt: number): Promise<void> => {
    const { journey, stream, http } = runner
    const tags = { journey: journey.name, stream: stream.id, phase: phaseOf(load, dueAt - startedAt) }
    const lagMs = now() - dueAt
    counts.due++
    runner.arrived++
    metrics.lag.add(lagMs, tags)
    if (ordersFrom !== undefined) {
      lagsMs.push(round(lagMs))
      liveOf(journey.name).arrived++
    }
    if (unfinished.size >= maxInFlight) {
      counts.dropped++
      metrics.dropped.add(1, tags)
      return
    }
    counts.started++
    metrics.started.add(1, tags)
    const id = visits++
    unfinished.set(id, { runner, n, dueAt, lagMs })
    const steps: Record<string, number> = {}
    const context: Visit = {
      index: n,
      http,
      random: seeded(`${load.seed}/${stream.id}/${n}`),
      data: load.data,
      async step(name, part) {
        const from = now()
        try {
          return await part()
        } finally {
          steps[name] = round((steps[name] ?? 0) + now() - from)
        }
      },
      pause: sleep,
    }
    let outcome: string
    try {
      outcome = await journey.run(context)
    } catch (error) {
      outcome = `error: ${error instanceof Error ? error.message : String(error)}`
    }
    // A visit that the end of the drain has recorded as unfinished is not recorded twice.
    if (!unfinished.delete(id)) return
    counts.finished++
    observe(runner, n, dueAt, lagMs, outcome, steps)
  }

  const runStream = async (runner: Runner, startAt: number): Promise<void> => {
    let n = -1
    for (const offsetMs of schedule(runner.stream, load.seed)) {
      n++
      if (n % vus !== (vu - 1) % vus) continue
      const dueAt = startAt + offsetMs
      for (let waitMs = dueAt - now(); waitMs > 0; waitMs = dueAt - now()) await sleep(waitMs)
      if (runner.ended || draining) return
      void visit(runner, n, dueAt)
    }
  }

  const drain = async (giveUpAt: number): Promise<void> => {
    draining = true
    while (unfinished.size > 0 && now() < giveUpAt) await sleep(10)
    for (const [id, { runner, n, dueAt, lagMs }] of unfinished) {
      unfinished.delete(id)
      observe(runner, n, dueAt, lagMs, 'unfinished', {})
    }
  }

  let lookedAt = now()
  const timers = [
    setInterval(flush, flushEveryMs),
    setInterval(() => report(false), reportEveryMs),
    setInterval(() => {
      const at = now()
      loopDelayMaxMs = startedAt === 0 ? 0 : Math.max(loopDelayMaxMs, round(at - lookedAt - loopWatchMs))
      lookedAt = at
    }, loopWatchMs),
  ]
  const obey = async (order: Order): Promise<void> => {
    switch (order.type) {
      case 'start':
        startedAt = order.at
        for (const runner of runners.values())
          if (runner.stream.begins === 'with-the-arm') void runStream(runner, order.at)
        break
      case 'begin':
        void runStream(runners.get(order.stream)!, order.at)
        break
      case 'end':
        runners.get(order.stream)!.ended = true
        break
      case 'drain':
        await drain(order.giveUpAt)
        break
    }
  }
  if (ordersFrom === undefined) await obeyPlan(load, now, obey)
  else await obeyHarness(ordersFrom, obey)
  for (const timer of timers) clearInterval(timer)
  flush()
  report(true)
}

/** What a script obeys that runs alone: every stream at its time, then the drain. */
async function obeyPlan(
  { streams }: ScriptLoad,
  now: () => number,
  obey: (order: Order) => Promise<void>,
): Promise<void> {
  // The same for every VU.
  const at = exec.scenario.startTime + headStartMs
  const until = async (ms: number): Promise<void> => {
    const waitMs = at + ms - now()
    if (waitMs > 0) await sleep(waitMs)
  }
  await obey({ type: 'start', at })
  const onCommand = streams.filter(({ begins }) => begins === 'on-command')
  for (const { id, atMs = 0 } of onCommand.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0))) {
    await until(atMs)
    await obey({ type: 'begin', stream: id, at: at + atMs })
  }
  const endMs = Math.max(0, ...streams.map(({ atMs = 0, durationMs }) => atMs + durationMs))
  await until(endMs)
  await obey({ type: 'drain', giveUpAt: at + endMs + drainMs })
}

function phaseOf({ phaseEndsMs }: ScriptLoad, ms: number): string {
  for (const phase in phaseEndsMs) if (ms < phaseEndsMs[phase]!) return phase
  return 'after'
}

function isJourney(value: unknown): value is Journey {
  return typeof value === 'object' && value !== null && 'run' in value && 'entrance' in value
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
