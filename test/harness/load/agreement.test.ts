/** Every load driver gives the system the same users: the same requests, the same answers, the same failures. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schedule } from '../../../harness/load/arrivals.ts'
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
    const skipped = subject.missing !== undefined

    it.skipIf(skipped)(
      'sends each request once, and tells of each that the server did not answer',
      async () => {
        const one = stream('asks-thrice', { perSecond: [60, 60], durationMs: 1500 })
        const before = new Map(ground.target.asked)
        const { observations } = await ground.carried(subject, [one])
        const expected = [...schedule(one, seed)].map((_, visit) => {
          const words = [1, 2, 3].map((step) => {
            const which = visit * 3 + step
            return which % 11 === 0 || which % 7 === 0 ? 'reset' : '200'
          })
          return words.includes('reset') ? words.join(' ') : 'served'
        })
        const requests = [...ground.target.asked]
          .filter(([path]) => path.startsWith('/faithless/'))
          .map(([path, times]) => times - (before.get(path) ?? 0))
        expect(requests).toEqual(expected.flatMap(() => [1, 1, 1]))
        expect(observations.sort((a, b) => a.n - b.n).map(({ outcome }) => outcome)).toEqual(expected)
      },
    )

    it.skipIf(skipped)('brings the visits that the schedule has, up to the last ms of a stream', async () => {
      // The last one is due 0.5 ms before the end.
      const steady = stream('is-served', { perSecond: [250, 250], process: 'regular', durationMs: 302.5 })
      const surge = stream('is-served', {
        ...steady,
        id: 'surge/is-served',
        durationMs: 202.5,
        begins: 'on-command',
        atMs: 100,
      })
      const planned = [...schedule(steady, seed), ...schedule(surge, seed)].length
      // Timers of the harness fire a little early or late, and so do those of the driver.
      for (const offMs of [-4, -1, 0, 0.3, 1]) {
        await using run = await ground.open(subject, [steady, surge])
        const startedAt = await run.load.start()
        await until(startedAt + 100 + 20 * Math.abs(offMs))
        await run.load.begin(surge.id)
        await until(startedAt + 302.5 + offMs)
        await Promise.all([run.load.end(surge.id), run.load.drain(2000)])
        const came = run.observations()
        expect(came).toHaveLength(planned)
        // However late it was begun, its visits are due when they are due in the other arms.
        const offsets = [...schedule(surge, seed)].map((ms) => startedAt + 100 + ms)
        for (const { stream, n, due } of came)
          if (stream === surge.id) expect(Math.abs(due - offsets[n]!)).toBeLessThan(0.02)
      }
    })
  },
)

async function until(at: number): Promise<void> {
  const waitMs = at - performance.timeOrigin - performance.now()
  if (waitMs > 0) await sleep(waitMs)
}
