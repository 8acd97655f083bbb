/** The contract of every load driver: the same journeys, the same arrivals, the same words, whoever carries them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HarnessError } from '../../../harness/errors.ts'
import type { EventOf, JournalEvent } from '../../../harness/journal/events.ts'
import { schedule } from '../../../harness/load/arrivals.ts'
import { seeded } from '../../../harness/load/random.ts'
import type { ArrivalStream } from '../../../harness/model/arrivals.ts'
import type { LiveTick, LoadPlan, LoadRun } from '../../../harness/model/load.ts'
import { identify } from '../../../harness/runtimes/host/machine.ts'
import * as journeys from '../fixtures/load-journeys.ts'
import { type DriverSubject, driverSubjects, skippedWords } from './subjects.ts'
import { startTarget, type Target } from './target.ts'

let target: Target
let dir: string
beforeAll(async () => {
  target = await startTarget()
  dir = mkdtempSync(join(tmpdir(), 'saeol-test-'))
  writeFileSync(join(dir, 'data.json'), JSON.stringify({ word: '새올' }))
})
afterAll(async () => {
  await target?.[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true })
})

const seed = 'contract'

function stream(journey: string, options: Partial<ArrivalStream> = {}): ArrivalStream {
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

interface Opened extends AsyncDisposable {
  readonly load: LoadRun
  readonly pids: number[]
  readonly ticks: LiveTick[]
  readonly deaths: Error[]
  events(): JournalEvent[]
  observations(): EventOf<'observation'>[]
}

let opened = 0

async function open(
  { driver }: DriverSubject,
  streams: readonly ArrivalStream[],
  changed: Partial<LoadPlan> = {},
): Promise<Opened> {
  let text = ''
  const pids: number[] = []
  const ticks: LiveTick[] = []
  const deaths: Error[] = []
  // A directory of its own, as an arm has one.
  const logDir = mkdtempSync(join(dir, `arm-${opened++}-`))
  const load = await driver.open(
    {
      seed,
      streams,
      journeysModule: import.meta.resolve('../fixtures/load-journeys.ts'),
      entrances: { 'user→server': target.url, 'user→nobody': target.nobodyUrl },
      dataFile: join(dir, 'data.json'),
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
      logFile: join(logDir, 'load.log'),
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
    events,
    observations: () => events().filter((event) => event.kind === 'observation'),
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  }
}

/** Runs streams to their ends. */
async function carried(
  subject: DriverSubject,
  streams: readonly ArrivalStream[],
  changed: Partial<LoadPlan> = {},
) {
  await using run = await open(subject, streams, changed)
  const startedAt = await run.load.start()
  await sleep(startedAt + Math.max(...streams.map(({ durationMs }) => durationMs)) - Date.now() + 50)
  const figures = await run.load.drain(3000)
  return { startedAt, figures, observations: run.observations(), events: run.events(), run }
}

describe.each(driverSubjects.map((subject) => [subject.name + skippedWords(subject), subject] as const))(
  '%s',
  (_, subject) => {
    const required = subject.requiredBy !== undefined && process.env[subject.requiredBy] === '1'
    if (subject.missing !== undefined) {
      it.skipIf(!required)('can be had', () => expect.fail(`${subject.requiredBy}=1, but ${subject.missing}`))
      return
    }

    it('has one word for each way a visit may end', async () => {
      const words: Record<string, string> = {
        'is-served': 'served',
        'gets-503': 'status-503',
        'is-sent-elsewhere': 'status-302',
        'waits-in-vain': 'timed-out',
        'finds-nobody': 'refused',
        'is-cut-off': 'reset',
        'is-left': 'reset',
        breaks: 'error: out of paper',
        signs: 'served',
      }
      const { observations } = await carried(
        subject,
        Object.keys(words).map((journey) => stream(journey, { perSecond: [10, 10], process: 'regular' })),
      )
      const seen = Object.fromEntries(
        Object.keys(words).map((journey) => [
          journey,
          [
            ...new Set(observations.filter((one) => one.journey === journey).map(({ outcome }) => outcome)),
          ].join(),
        ]),
      )
      expect(seen).toEqual(words)
      for (const one of observations) expect(one.ok).toBe(one.outcome === 'served')
      for (const one of observations.filter(({ journey }) => journey === 'waits-in-vain')) {
        expect(one.steps.ask).toBeGreaterThan(140)
        expect(one.tookMs).toBeGreaterThanOrEqual(one.steps.ask!)
      }
    })

    it('starts every arrival of the schedule, at its time, and no other', async () => {
      const streams = [
        stream('is-served', { perSecond: [20, 120], durationMs: 1000 }),
        stream('gets-503', { process: 'regular', durationMs: 800 }),
      ]
      const { startedAt, figures, observations } = await carried(subject, streams)
      let due = 0
      for (const one of streams) {
        const planned = [...schedule(one, seed)]
        due += planned.length
        const seen = observations.filter(({ stream }) => stream === one.id).sort((a, b) => a.n - b.n)
        expect(seen.map(({ n }) => n)).toEqual(planned.map((_, n) => n))
        // The journal keeps hundredths of a millisecond.
        for (const { n, due } of seen) expect(Math.abs(due - startedAt - planned[n]!)).toBeLessThan(0.02)
      }
      expect(figures).toMatchObject({ due, started: due, finished: due, dropped: 0, inFlight: 0 })
      expect(figures.problems).toBeUndefined()
      for (const { at, due, lagMs, tookMs } of observations) {
        expect(lagMs).toBeGreaterThan(-1)
        expect(tookMs).toBeGreaterThanOrEqual(lagMs)
        expect(Math.abs(at - due - tookMs)).toBeLessThan(0.02)
      }
      const worst = Math.max(...observations.map(({ lagMs }) => lagMs))
      expect(Math.abs(figures.lagMaxMs - worst)).toBeLessThan(0.02)
    })

    it('hands each visit its number, its chance, its data and a client without a memory', async () => {
      const one = stream('tells')
      const { observations } = await carried(subject, [one])
      const expected = [...schedule(one, seed)].map((_, n) => {
        const random = seeded(`${seed}/${one.id}/${n}`)
        const drawn = [random(), random()].map((x) => x.toFixed(9)).join(' ')
        const echo = { json: { index: n, word: '새올' }, user: `u${n}`, type: 'application/json' }
        const bytes = JSON.stringify(echo).length
        return `${n} | ${drawn} | ${JSON.stringify(echo.json)} | u${n} | application/json | no cookie | yes | ${bytes}`
      })
      expect(observations.sort((a, b) => a.n - b.n).map(({ outcome }) => outcome)).toEqual(expected)
      for (const { steps } of observations) expect(steps.pause).toBeGreaterThan(28)
    })

    it('begins and ends a surge on command', async () => {
      const surge = stream('is-served', { id: 'surge/is-served', durationMs: 60_000, begins: 'on-command' })
      await using run = await open(subject, [stream('is-served'), surge])
      await run.load.start()
      await sleep(200)
      expect(run.load.onCommand(surge.id)).toEqual({ active: false, activeMs: 0, arrived: 0 })
      const begunAt = performance.timeOrigin + performance.now()
      await run.load.begin(surge.id)
      for (let i = 0; run.load.onCommand(surge.id).arrived < 10 && i < 200; i++) await sleep(25)
      const { active, activeMs, arrived } = run.load.onCommand(surge.id)
      expect(active).toBe(true)
      // As many as are planned in the time it is said to have been on, give or take its scatter.
      const planned = [...schedule({ ...surge, durationMs: activeMs }, seed)].length
      expect(arrived).toBeGreaterThanOrEqual(Math.max(1, planned / 2))
      await run.load.end(surge.id)
      await run.load.end(surge.id)
      const endedAt = performance.timeOrigin + performance.now()
      expect(run.load.onCommand(surge.id).active).toBe(false)
      await sleep(400)
      await run.load.drain(3000)
      const came = run.observations().filter(({ stream }) => stream === surge.id)
      const times = [...schedule(surge, seed)].slice(0, came.length)
      expect(came.map(({ n }) => n).sort((a, b) => a - b)).toEqual(times.map((_, n) => n))
      for (const { due, n } of came) {
        expect(due - times[n]!).toBeGreaterThan(begunAt - 1)
        expect(due).toBeLessThan(endedAt + 200)
      }
      expect(came.every(({ outcome }) => outcome === 'served')).toBe(true)
    })

    it('drops what is too much for it, and says so', async () => {
      const { figures, observations } = await carried(
        subject,
        [stream('waits-long', { perSecond: [60, 60] })],
        { maxInFlight: 8 },
      )
      expect(figures.started).toBe(8)
      expect(figures.dropped).toBeGreaterThan(0)
      expect(figures.due).toBe(figures.started + figures.dropped)
      expect(observations).toHaveLength(figures.started)
    })

    it('waits for visits under way, and tells which did not come to their end', async () => {
      await using run = await open(subject, [
        stream('waits-long', { process: 'regular' }),
        stream('waits-in-vain', { process: 'regular' }),
      ])
      await run.load.start()
      await sleep(550)
      const figures = await run.load.drain(400)
      const outcomes = Object.groupBy(run.observations(), ({ outcome }) => outcome)
      expect(Object.keys(outcomes).sort()).toEqual(['timed-out', 'unfinished'])
      expect(outcomes.unfinished).toHaveLength(figures.started - figures.finished)
      expect(outcomes['timed-out']).toHaveLength(figures.finished)
      expect(figures.problems).toBeUndefined()
      expect(run.deaths).toEqual([])
    })

    it('no longer starts anybody once it drains', async () => {
      // Some who wait in vain keep the drain going while others could still come.
      await using run = await open(subject, [
        stream('is-served', { durationMs: 60_000 }),
        stream('waits-long', { durationMs: 60_000 }),
      ])
      await run.load.start()
      await sleep(300)
      const drainedAt = Date.now()
      const figures = await run.load.drain(1500)
      expect(figures.due).toBeGreaterThan(0)
      for (const { due } of run.observations()) expect(due).toBeLessThan(drainedAt + 700)
      const before = target.asked.get('/ok')
      await sleep(200)
      expect(target.asked.get('/ok')).toBe(before)
    })

    it('accounts for itself at its end, and shows a person how it is doing', async () => {
      const { events, figures, run } = await carried(subject, [stream('is-served', { durationMs: 900 })])
      expect(events.filter(({ kind }) => kind === 'generator')).toEqual([
        { kind: 'generator', at: expect.any(Number), final: true, figures },
      ])
      const arrived = run.ticks.reduce((sum, tick) => sum + (tick.journeys['is-served']?.arrived ?? 0), 0)
      expect(arrived).toBeGreaterThan(0)
      expect(arrived).toBeLessThanOrEqual(figures.due)
    })

    it('tells at once when it is killed, and does not account for the rest', async () => {
      await using run = await open(subject, [stream('is-served', { durationMs: 60_000 })])
      await run.load.start()
      await sleep(300)
      for (const pid of run.pids) process.kill(pid, 'SIGKILL')
      for (let i = 0; run.deaths.length === 0 && i < 200; i++) await sleep(25)
      expect(run.deaths).toHaveLength(1)
      expect(run.deaths[0]).toBeInstanceOf(HarnessError)
      expect(run.deaths[0]!.message).toMatch(/ended by itself/)
      await expect(run.load.drain(500)).rejects.toThrow(HarnessError)
    })

    it('leaves nothing when it is disposed of in the middle', async () => {
      const run = await open(subject, [stream('is-served', { durationMs: 60_000 })])
      await run.load.start()
      await sleep(200)
      expect(run.pids).toHaveLength(1)
      await run.load[Symbol.asyncDispose]()
      expect(run.pids.filter((pid) => identify(pid) !== undefined)).toEqual([])
      expect(run.deaths).toEqual([])
      // Requests that were under way come in; then no more.
      await sleep(300)
      const before = target.asked.get('/ok')
      await sleep(300)
      expect(target.asked.get('/ok')).toBe(before)
    })

    it('says what is wrong with a plan that it cannot carry', async () => {
      await expect(open(subject, [stream('nobodys-journey')])).rejects.toThrow(
        /journey 'nobodys-journey' is not exported by/,
      )
      await expect(open(subject, [stream('is-served')], { entrances: {} })).rejects.toThrow(
        /enters by 'user→server', which is no link/,
      )
      expect(Object.keys(journeys)).toContain('isServed')
    })
  },
)
