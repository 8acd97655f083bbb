/** The contract of every load driver: the same journeys, the same arrivals, the same words, whoever carries them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HarnessError } from '../../../harness/errors.ts'
import { schedule } from '../../../harness/load/arrivals.ts'
import { seeded } from '../../../harness/load/random.ts'
import { traceIdOf } from '../../../harness/load/trace.ts'
import { identify } from '../../../harness/runtimes/host/machine.ts'
import * as journeys from '../fixtures/load-journeys.ts'
import { type Ground, seed, startGround, stream } from './carry.ts'
import { driverSubjects, skippedWords } from './subjects.ts'

let ground: Ground
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground[Symbol.asyncDispose]())

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
      const { observations } = await ground.carried(
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
      const { startedAt, figures, observations } = await ground.carried(subject, streams)
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

    it('hands each visit its number, its chance, its data, its trace and a client without a memory', async () => {
      const streams = [
        stream('tells'),
        stream('tells', { id: 'tells/others', numbering: { from: 1, every: 2 } }),
      ]
      const { observations } = await ground.carried(subject, streams)
      for (const one of streams) {
        const { from, every } = one.numbering ?? { from: 0, every: 1 }
        const expected = [...schedule(one, seed)].map((_, n) => {
          const random = seeded(`${seed}/${one.id}/${n}`)
          const drawn = [random(), random()].map((x) => x.toFixed(9)).join(' ')
          const index = from + n * every
          const json = { index, word: '새올' }
          const asked = [1, 2].map(
            (request) => `00-${traceIdOf(seed, one.id, n)}-${`${request}`.padStart(16, '0')}-01`,
          )
          return `${index} | ${drawn} | ${JSON.stringify(json)} | u${index} | application/json | no cookie | yes | ${asked.join(' | ')}`
        })
        const own = observations.filter(({ stream }) => stream === one.id).sort((a, b) => a.n - b.n)
        expect(own.map(({ outcome }) => outcome)).toEqual(expected)
      }
      for (const { steps } of observations) expect(steps.pause).toBeGreaterThan(28)
    })

    it('lets a visit go on to another entrance that its journey names, and to no other', async () => {
      const { observations } = await ground.carried(subject, [stream('goes-on')])
      const words =
        "refused, then 200, then: journey 'goes-on' does not say that it goes on to 'user→elsewhere'"
      expect(new Set(observations.map(({ outcome }) => outcome))).toEqual(new Set([words]))
      await expect(
        ground.open(subject, [stream('goes-on')], { entrances: { 'user→nobody': ground.target.nobodyUrl } }),
      ).rejects.toThrow(/enters by 'user→server', which is no link/)
    })

    it('says what each visit took home, and of others nothing', async () => {
      const streams = [stream('takes-home'), stream('is-served')]
      const { observations } = await ground.carried(subject, streams)
      for (const { journey, n, outcome, took } of observations)
        expect([outcome, took]).toEqual(['served', journey === 'takes-home' ? `종로/${n}` : undefined])
      expect(new Set(observations.map(({ journey }) => journey)).size).toBe(2)
    })

    it('keeps whatever a journey is called, says or prints out of the way of the journal', async () => {
      const one = stream(journeys.saysMuch.name)
      const { figures, observations, run } = await ground.carried(subject, [one])
      expect(observations.map(({ n }) => n).sort((a, b) => a - b)).toEqual(
        [...schedule(one, seed)].map((_, n) => n),
      )
      for (const { journey, stream, outcome, ok, steps } of observations)
        expect([journey, stream, outcome, ok, Object.keys(steps)]).toEqual([
          one.journey,
          one.id,
          journeys.saysMuch.succeedsWith[0],
          true,
          ['a "step",\n'],
        ])
      expect(run.text()).not.toMatch(/[\u2028\u2029]/)
      expect(figures.problems).toBeUndefined()
      expect(run.log()).toContain('printed by 0')
      expect(run.log()).toContain('and another')
    })

    it('begins and ends a surge on command', async () => {
      const surge = stream('is-served', { id: 'surge/is-served', durationMs: 60_000, begins: 'on-command' })
      await using run = await ground.open(subject, [stream('is-served'), surge])
      await run.load.start()
      await sleep(200)
      const begunAt = performance.timeOrigin + performance.now()
      await run.load.begin(surge.id)
      const came = () => run.observations().filter(({ stream }) => stream === surge.id)
      for (let i = 0; came().length < 10 && i < 200; i++) await sleep(25)
      await run.load.end(surge.id)
      await run.load.end(surge.id)
      const endedAt = performance.timeOrigin + performance.now()
      await sleep(400)
      await run.load.drain(3000)
      const times = [...schedule(surge, seed)].slice(0, came().length)
      expect(times.length).toBeGreaterThanOrEqual(10)
      expect(
        came()
          .map(({ n }) => n)
          .sort((a, b) => a - b),
      ).toEqual(times.map((_, n) => n))
      for (const { due, n } of came()) {
        expect(due - times[n]!).toBeGreaterThan(begunAt - 1)
        expect(due).toBeLessThan(endedAt + 200)
      }
      expect(came().every(({ outcome }) => outcome === 'served')).toBe(true)
    })

    it('drops what is too much for it, and says so', async () => {
      const { figures, observations } = await ground.carried(
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
      await using run = await ground.open(subject, [
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
      await using run = await ground.open(subject, [
        stream('is-served', { durationMs: 60_000 }),
        stream('waits-long', { durationMs: 60_000 }),
      ])
      await run.load.start()
      await sleep(300)
      const drainedAt = Date.now()
      const figures = await run.load.drain(1500)
      expect(figures.due).toBeGreaterThan(0)
      for (const { due } of run.observations()) expect(due).toBeLessThan(drainedAt + 700)
      const before = ground.target.asked.get('/ok')
      await sleep(200)
      expect(ground.target.asked.get('/ok')).toBe(before)
    })

    it('accounts for itself at its end, and shows a person how it is doing', async () => {
      const { events, figures, run } = await ground.carried(subject, [
        stream('is-served', { durationMs: 900 }),
      ])
      expect(events.filter(({ kind }) => kind === 'generator')).toEqual([
        { kind: 'generator', at: expect.any(Number), final: true, figures },
      ])
      const arrived = run.ticks.reduce((sum, tick) => sum + (tick.journeys['is-served']?.arrived ?? 0), 0)
      expect(arrived).toBeGreaterThan(0)
      expect(arrived).toBeLessThanOrEqual(figures.due)
    })

    it('tells at once when it is killed, and does not account for the rest', async () => {
      await using run = await ground.open(subject, [stream('is-served', { durationMs: 60_000 })])
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
      const run = await ground.open(subject, [stream('is-served', { durationMs: 60_000 })])
      await run.load.start()
      await sleep(200)
      expect(run.pids).toHaveLength(1)
      await run.load[Symbol.asyncDispose]()
      expect(run.pids.filter((pid) => identify(pid) !== undefined)).toEqual([])
      expect(run.deaths).toEqual([])
      // Requests that were under way come in; then no more.
      await sleep(300)
      const before = ground.target.asked.get('/ok')
      await sleep(300)
      expect(ground.target.asked.get('/ok')).toBe(before)
    })

    it('says what is wrong with a plan that it cannot carry', async () => {
      await expect(ground.open(subject, [stream('nobodys-journey')])).rejects.toThrow(
        /journey 'nobodys-journey' is not exported by/,
      )
      await expect(ground.open(subject, [stream('is-served')], { entrances: {} })).rejects.toThrow(
        /enters by 'user→server', which is no link/,
      )
      expect(Object.keys(journeys)).toContain('isServed')
    })
  },
)
