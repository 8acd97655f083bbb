/** Runs streams of arrivals through a driver, as an arm does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { EventOf, JournalEvent } from '../../../harness/journal/events.ts'
import type { ArrivalStream } from '../../../harness/model/arrivals.ts'
import type { GeneratorFigures, LiveTick, LoadPlan, LoadRun } from '../../../harness/model/load.ts'
import type { DriverSubject } from './subjects.ts'
import { startTarget, type Target } from './target.ts'

export const seed = 'contract'

/** Half a second of 40 a second, unless told otherwise. */
export function stream(journey: string, options: Partial<ArrivalStream> = {}): ArrivalStream {
  return {
    id: `${journey}/0`,
    journey,
    perSecond: [40, 40],
    process: 'poisson',
    durationMs: 500,
    begins: 'with-the-arm',
    ...options,
  }
}

export interface Opened extends AsyncDisposable {
  readonly load: LoadRun
  readonly pids: number[]
  readonly ticks: LiveTick[]
  readonly deaths: Error[]
  /** All journal lines until now. */
  text(): string
  events(): JournalEvent[]
  observations(): EventOf<'observation'>[]
  /** What stands in the driver's log. */
  log(): string
}

export interface Carried {
  readonly startedAt: number
  readonly figures: GeneratorFigures
  readonly observations: EventOf<'observation'>[]
  readonly events: JournalEvent[]
  readonly run: Opened
}

/** A server, a directory for logs and the users' data. */
export interface Ground extends AsyncDisposable {
  readonly target: Target
  open(
    subject: DriverSubject,
    streams: readonly ArrivalStream[],
    changed?: Partial<LoadPlan>,
  ): Promise<Opened>
  /** Runs streams to their ends. */
  carried(
    subject: DriverSubject,
    streams: readonly ArrivalStream[],
    changed?: Partial<LoadPlan>,
  ): Promise<Carried>
}

export async function startGround(): Promise<Ground> {
  const target = await startTarget()
  const dir = mkdtempSync(join(tmpdir(), 'saeol-test-'))
  const dataFile = join(dir, 'data.json')
  writeFileSync(dataFile, JSON.stringify({ word: '새올' }))

  const open: Ground['open'] = async ({ driver }, streams, changed = {}) => {
    let text = ''
    const pids: number[] = []
    const ticks: LiveTick[] = []
    const deaths: Error[] = []
    // A directory of its own, as an arm has one.
    const logFile = join(mkdtempSync(join(dir, 'arm-')), 'load.log')
    const load = await driver.open(
      {
        seed,
        streams,
        journeysModule: import.meta.resolve('../fixtures/load-journeys.ts'),
        entrances: { 'user→server': target.url, 'user→nobody': target.nobodyUrl },
        dataFile,
        maxInFlight: 1000,
        ...changed,
      },
      {
        lines: (chunk) => {
          text += chunk
        },
        tick: (tick) => ticks.push(tick),
        signal: new AbortController().signal,
        adopt: (pid) => pids.push(pid),
        died: (error) => deaths.push(error),
        logFile,
      },
    )
    const events = (): JournalEvent[] => {
      expect(text.endsWith('\n') || text === '').toBe(true)
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JournalEvent)
    }
    return {
      load,
      pids,
      ticks,
      deaths,
      text: () => text,
      events,
      observations: () => events().filter((event) => event.kind === 'observation'),
      log: () => readFileSync(logFile, 'utf8'),
      [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
    }
  }

  return {
    target,
    open,
    async carried(subject, streams, changed = {}) {
      await using run = await open(subject, streams, changed)
      const startedAt = await run.load.start()
      await sleep(startedAt + Math.max(...streams.map(({ durationMs }) => durationMs)) - Date.now() + 50)
      const figures = await run.load.drain(3000)
      return { startedAt, figures, observations: run.observations(), events: run.events(), run }
    },
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true })
    },
  }
}
