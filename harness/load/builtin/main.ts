/**
 * The load process: an event loop of its own, so that neither services nor Toxiproxy nor the harness can hold back its
 * arrivals. Journal lines go to standard output as they are made; commands and live figures cross the channel.
 */
import { readFile } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { ArrivalStream } from '../../model/arrivals.ts'
import type { Http, Journey, Visit } from '../../model/journey.ts'
import type { GeneratorFigures, LoadPlan } from '../../model/load.ts'
import { schedule } from '../arrivals.ts'
import { seeded } from '../random.ts'
import { usersHttp } from './http.ts'
import { latencies } from './latencies.ts'
import type { FromLoad, ToLoad } from './protocol.ts'

const flushEveryMs = 50
const tickEveryMs = 250
/**
 * What is due within so many ms starts together, and at most so late, ms: most of what a visit takes of the CPU is being
 * woken for it. Counted as lag, as any other.
 */
const togetherMs = 2

/** Epoch ms with the resolution of the performance clock. */
const now = (): number => performance.timeOrigin + performance.now()

const send = (message: FromLoad): void => void process.send?.(message)

process.on('disconnect', () => process.exit(0))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))

process.on('message', (message: ToLoad) => {
  if (message.type === 'plan')
    prepare(message.plan).then(
      () => send({ type: 'ready' }),
      (error: unknown) => send({ type: 'failed', error: messageOf(error) }),
    )
})

async function prepare(plan: LoadPlan): Promise<void> {
  const exported = Object.values((await import(plan.journeysModule)) as Record<string, unknown>)
  const all = exported.flat().filter(isJourney)
  const data: unknown =
    plan.dataFile === undefined ? undefined : JSON.parse(await readFile(plan.dataFile, 'utf8'))
  const clients = new Map<string, { http: Http; close(): void }>()
  const runners = new Map<string, Runner>()
  for (const stream of plan.streams) {
    const journey = all.find(({ name }) => name === stream.journey)
    if (journey === undefined)
      throw new Error(`journey '${stream.journey}' is not exported by ${plan.journeysModule}`)
    const base = plan.entrances[journey.entrance]
    if (base === undefined)
      throw new Error(`journey '${journey.name}' enters by '${journey.entrance}', which is no link`)
    if (!clients.has(journey.entrance)) clients.set(journey.entrance, usersHttp(base))
    runners.set(stream.id, {
      stream,
      journey,
      http: clients.get(journey.entrance)!.http,
      arrived: 0,
      ended: false,
    })
  }
  serve(plan, data, runners, () => {
    for (const client of clients.values()) client.close()
  })
}

interface Runner {
  readonly stream: ArrivalStream
  readonly journey: Journey
  readonly http: Http
  arrived: number
  ended: boolean
}

function serve(plan: LoadPlan, data: unknown, runners: Map<string, Runner>, close: () => void): void {
  const loopDelay = monitorEventLoopDelay({ resolution: 10 })
  const lag = latencies()
  let due = 0
  let started = 0
  let dropped = 0
  let finished = 0
  let draining = false
  let lines = ''
  let live = new Map<string, { arrived: number; ok: number; failed: number; took: number[] }>()
  const unfinished = new Map<number, { runner: Runner; n: number; dueAt: number; lagMs: number }>()
  let visits = 0

  const liveOf = (journey: string) => {
    let entry = live.get(journey)
    if (entry === undefined) {
      entry = { arrived: 0, ok: 0, failed: 0, took: [] }
      live.set(journey, entry)
    }
    return entry
  }

  const figures = (): GeneratorFigures => ({
    due,
    started,
    dropped,
    finished,
    inFlight: unfinished.size,
    ...lag.figures(),
    loopDelayMaxMs: round(loopDelay.max / 1e6),
  })

  const flush = (): void => {
    if (lines === '') return
    process.stdout.write(lines)
    lines = ''
  }

  const observe = (
    runner: Runner,
    n: number,
    dueAt: number,
    lagMs: number,
    outcome: string,
    steps: Record<string, number>,
  ): void => {
    const at = now()
    const ok = runner.journey.succeedsWith.includes(outcome)
    const tookMs = at - dueAt
    const entry = liveOf(runner.journey.name)
    if (ok) entry.ok++
    else entry.failed++
    entry.took.push(tookMs)
    lines += `{"kind":"observation","at":${round(at)},"journey":"${runner.journey.name}","stream":"${runner.stream.id}","n":${n},"due":${round(dueAt)},"lagMs":${round(lagMs)},"tookMs":${round(tookMs)},"outcome":${JSON.stringify(outcome)},"ok":${ok},"steps":${JSON.stringify(steps)}}\n`
  }

  const visit = async (runner: Runner, n: number, dueAt: number): Promise<void> => {
    const lagMs = now() - dueAt
    lag.add(lagMs)
    due++
    runner.arrived++
    liveOf(runner.journey.name).arrived++
    if (unfinished.size >= plan.maxInFlight) {
      dropped++
      return
    }
    started++
    const id = visits++
    unfinished.set(id, { runner, n, dueAt, lagMs })
    const steps: Record<string, number> = {}
    const context: Visit = {
      index: n,
      http: runner.http,
      random: seeded(`${plan.seed}/${runner.stream.id}/${n}`),
      data,
      async step(name, part) {
        const from = performance.now()
        try {
          return await part()
        } finally {
          steps[name] = round((steps[name] ?? 0) + performance.now() - from)
        }
      },
      pause: (ms) => sleep(ms),
    }
    let outcome: string
    try {
      outcome = await runner.journey.run(context)
    } catch (error) {
      outcome = `error: ${messageOf(error)}`
    }
    // A visit that the end of the drain has recorded as unfinished is not recorded twice.
    if (!unfinished.delete(id)) return
    finished++
    observe(runner, n, dueAt, lagMs, outcome, steps)
  }

  /** Plain timers, no promise for each: at a thousand arrivals a second that is felt. */
  const runStream = (runner: Runner, startAt: number): void => {
    const starts = schedule(runner.stream, plan.seed)
    let n = 0
    let next = starts.next()
    const wake = (): void => {
      for (; !next.done && !runner.ended && !draining; next = starts.next()) {
        const dueAt = startAt + next.value
        const waitMs = dueAt - now()
        if (waitMs > 0) {
          setTimeout(wake, Math.max(waitMs, togetherMs))
          return
        }
        void visit(runner, n++, dueAt)
      }
    }
    wake()
  }

  const drain = async (patienceMs: number): Promise<void> => {
    draining = true
    const giveUpAt = performance.now() + patienceMs
    while (unfinished.size > 0 && performance.now() < giveUpAt) await sleep(10)
    for (const [id, { runner, n, dueAt, lagMs }] of unfinished) {
      unfinished.delete(id)
      observe(runner, n, dueAt, lagMs, 'unfinished', {})
    }
    const last = figures()
    lines += `${JSON.stringify({ kind: 'generator', at: round(now()), final: true, figures: last })}\n`
    clearInterval(flushTimer)
    clearInterval(tickTimer)
    flush()
    close()
    send({ type: 'drained', figures: last })
    process.disconnect()
  }

  process.on('message', (message: ToLoad) => {
    switch (message.type) {
      case 'start':
        loopDelay.enable()
        for (const runner of runners.values())
          if (runner.stream.begins === 'with-the-arm') runStream(runner, message.at)
        break
      case 'begin':
        runStream(runners.get(message.stream)!, now())
        break
      case 'end':
        runners.get(message.stream)!.ended = true
        break
      case 'drain':
        void drain(message.patienceMs)
        break
    }
  })

  const flushTimer = setInterval(flush, flushEveryMs)
  const tickTimer = setInterval(() => {
    const journeys = Object.fromEntries(
      [...live].map(([name, { took, ...counts }]) => [
        name,
        { ...counts, p95Ms: round(quantile(took, 0.95)) },
      ]),
    )
    live = new Map()
    send({
      type: 'tick',
      tick: { at: now(), journeys, generator: figures() },
      arrived: Object.fromEntries([...runners].map(([id, runner]) => [id, runner.arrived])),
    })
  }, tickEveryMs)
}

function isJourney(value: unknown): value is Journey {
  return typeof value === 'object' && value !== null && 'run' in value && 'entrance' in value
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}

function quantile(values: number[], q: number): number {
  if (values.length === 0) return 0
  values.sort((a, b) => a - b)
  return values[Math.min(values.length - 1, Math.floor(q * values.length))]!
}
