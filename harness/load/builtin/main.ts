/**
 * The load process: an event loop of its own, so that neither services nor Toxiproxy nor the harness can hold back its
 * arrivals. Journal lines go to a pipe of their own as they are made, so that a journey may print what it likes;
 * commands and live figures cross the channel.
 */
import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { Http } from '../../model/journey.ts'
import type { GeneratorFigures, LoadPlan } from '../../model/load.ts'
import { latencies } from '../latencies.ts'
import { lineOf, observationLine } from '../lines.ts'
import { liveVisits, shown } from '../live.ts'
import { hundredths, openVisits, type Sink, type Visits } from '../visits.ts'
import { usersHttp } from './http.ts'
import { type FromLoad, linesFd, type ToLoad } from './protocol.ts'

const flushEveryMs = 50
const tickEveryMs = 250
/** What is due within so many ms starts together, and at most so late, ms. */
const togetherMs = 1

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

/** Loads journeys and users' data, then obeys. */
async function prepare(plan: LoadPlan): Promise<void> {
  const exported = (await import(plan.journeysModule)) as object
  const data: unknown =
    plan.dataFile === undefined ? undefined : JSON.parse(await readFile(plan.dataFile, 'utf8'))
  const users = usersOf()
  const told = telling()
  const visits = openVisits(
    { ...plan, data },
    exported,
    { now, sleep: (ms) => sleep(ms), client: users.client, togetherMs },
    told.sink,
  )
  obey(visits, told, users.close)
}

/** One HTTP client for each entrance. */
function usersOf(): { client(base: string): Http; close(): void } {
  const clients = new Map<string, { http: Http; close(): void }>()
  return {
    client(base) {
      const client = clients.get(base) ?? usersHttp(base)
      clients.set(base, client)
      return client.http
    },
    close() {
      for (const client of clients.values()) client.close()
    },
  }
}

interface Telling {
  readonly sink: Sink
  /** From now on stalls of the event loop count. */
  watch(): void
  /** Adds an event to the journal. */
  write(event: object): void
  figures(visits: Visits): GeneratorFigures
  tick(visits: Visits): void
  /** Hands over what is still held back. Resolves when all of it is on its way. */
  end(): Promise<void>
}

/** Journal lines and figures of all visits. */
function telling(): Telling {
  const pipe = new Socket({ fd: linesFd, readable: false, writable: true })
  const loopDelay = monitorEventLoopDelay({ resolution: 10 })
  const lag = latencies()
  const live = liveVisits()
  let lines = ''
  const flush = (): void => {
    if (lines !== '') pipe.write(lines)
    lines = ''
  }
  const flushTimer = setInterval(flush, flushEveryMs)
  const figures = (visits: Visits): GeneratorFigures => ({
    ...visits.counts(),
    ...lag.figures(),
    loopDelayMaxMs: hundredths(loopDelay.max / 1e6),
  })
  return {
    sink: {
      due(visit) {
        lag.add(visit.lagMs)
        live.due(visit)
      },
      over(visit, how) {
        live.over(visit, how)
        lines += `${observationLine(visit, how)}\n`
      },
    },
    watch: () => void loopDelay.enable(),
    write(event) {
      lines += `${lineOf(event)}\n`
    },
    figures,
    tick(visits) {
      const tick = { at: now(), journeys: shown(live.take()), generator: figures(visits) }
      send({ type: 'tick', tick })
    },
    end() {
      clearInterval(flushTimer)
      flush()
      return new Promise((ended) => pipe.end(ended))
    },
  }
}

function obey(visits: Visits, told: Telling, close: () => void): void {
  const tickTimer = setInterval(() => told.tick(visits), tickEveryMs)
  const drain = async (at: number, patienceMs: number): Promise<void> => {
    await visits.drain(at, at + patienceMs)
    clearInterval(tickTimer)
    const figures = told.figures(visits)
    told.write({ kind: 'generator', at: hundredths(now()), final: true, figures })
    await told.end()
    close()
    send({ type: 'drained', figures })
    process.disconnect()
  }
  process.on('message', (message: ToLoad) => {
    switch (message.type) {
      case 'start':
        told.watch()
        visits.start(message.at)
        break
      case 'begin':
        visits.begin(message.stream, message.at)
        break
      case 'end':
        visits.end(message.stream, message.at)
        break
      case 'drain':
        void drain(message.at, message.patienceMs)
        break
    }
  })
}
