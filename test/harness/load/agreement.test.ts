/** Every load driver gives the system the same users: the same requests, the same answers, the same failures. */
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
  },
)
