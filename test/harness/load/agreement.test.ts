/** Every load driver gives the system the same users: the same requests, the same answers, the same failures. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schedule } from '../../../harness/load/arrivals.ts'
import { traceIdOf } from '../../../harness/load/trace.ts'
import { type Ground, seed, startGround, stream } from './carry.ts'
import { startRecorder } from './recorder.ts'
import { driverSubjects, skippedWords } from './subjects.ts'

let ground: Ground
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground[Symbol.asyncDispose]())

/** One visit. */
const once = (journey: string) =>
  stream(journey, { perSecond: [10, 10], process: 'regular', durationMs: 100 })

/** `oddRequests` as they go over the wire: the first line, headers in lower case by name, an empty line, the body. */
const oddRequestsWritten = [
  'GET /under/%EB%AF%BC%EC%9B%90/%EB%93%B1%EB%B3%B8%20%EB%B0%9C%EA%B8%89?%EC%9D%B4%EB%A6%84=%ED%99%8D%EA%B8%B8%EB%8F%99&%EB%B6%80%EC%84%9C=a%20b HTTP/1.1\nconnection: close\nhost: HOST\n\n',
  'GET /under/a%2Fb/%ED%95%9C%EA%B8%80%7C%22%3C%3E%5E%60%7B%7D%5C?x=%2F&y=100%25&z=[1] HTTP/1.1\nconnection: close\nhost: HOST\n\n',
  'GET /under/host HTTP/1.1\nconnection: close\nhost: saeol.test\nx-padded: both sides\n\n',
  'POST /under/type HTTP/1.1\nconnection: close\ncontent-length: 22\ncontent-type: application/merge-patch+json\nhost: HOST\n\n{"이름":"홍길동"}',
  'GET /under/with-a-body HTTP/1.1\nconnection: close\ncontent-length: 7\ncontent-type: application/json\nhost: HOST\n\n{"q":1}',
  'GET /under/after-it HTTP/1.1\nconnection: close\nhost: HOST\n\n',
  'POST /under/empty HTTP/1.1\nconnection: close\ncontent-length: 0\nhost: HOST\n\n',
  'PATCH /under/empty HTTP/1.1\nconnection: close\ncontent-length: 0\nhost: HOST\n\n',
  'DELETE /under/empty HTTP/1.1\nconnection: close\nhost: HOST\n\n',
  'HEAD /under/head HTTP/1.1\nconnection: close\nhost: HOST\n\n',
  'POST /under/null HTTP/1.1\nconnection: close\ncontent-length: 4\ncontent-type: application/json\nhost: HOST\nidempotency-key: a, "b"\nx-name: 홍길동\n\nnull',
  'GET /under/twice HTTP/1.1\nconnection: close\nhost: HOST\nx-twice: 2\n\n',
]

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
      // Of an act that begins later.
      const late = stream('is-served', { ...steady, id: 'late', durationMs: 102.5, atMs: 150 })
      const planned = [steady, surge, late].flatMap((one) => [...schedule(one, seed)]).length
      // Timers of the harness fire a little early or late, and so do those of the driver.
      for (const offMs of [-4, -1, 0, 0.3, 1]) {
        await using run = await ground.open(subject, [steady, surge, late])
        const startedAt = await run.load.start()
        await until(startedAt + 100 + 20 * Math.abs(offMs))
        await run.load.begin(surge.id)
        await until(startedAt + 302.5 + offMs)
        await Promise.all([run.load.end(surge.id), run.load.drain(2000)])
        const came = run.observations()
        expect(came).toHaveLength(planned)
        // However late it was begun, its visits are due when they are due in the other arms.
        for (const one of [surge, late]) {
          const offsets = [...schedule(one, seed)].map((ms) => startedAt + one.atMs! + ms)
          const its = came.filter(({ stream }) => stream === one.id)
          expect(its).toHaveLength(offsets.length)
          for (const { n, due } of its) expect(Math.abs(due - offsets[n]!)).toBeLessThan(0.02)
        }
      }
    })

    it.skipIf(skipped)('writes requests in the same bytes', async () => {
      await using server = await startRecorder()
      const entrances = { 'user→server': `${server.url}/under/` }
      await ground.carried(subject, [once('asks-oddly')], { entrances })
      const host = server.url.slice('http://'.length)
      const trace = traceIdOf(seed, 'asks-oddly/0', 0)
      const traced = new RegExp(`^traceparent: 00-${trace}-[0-9a-f]{16}-01\n`, 'm')
      for (const request of server.requests) expect(request).toMatch(traced)
      expect(server.requests.map((request) => request.replace(traced, ''))).toEqual(
        oddRequestsWritten.map((lines) => lines.replaceAll('HOST', host)),
      )
    })

    it.skipIf(skipped)('refuses what could not be sent as it stands, and says why', async () => {
      await using server = await startRecorder()
      const entrances = { 'user→server': server.url }
      const { observations } = await ground.carried(subject, [once('asks-wrongly')], { entrances })
      expect(observations.map(({ outcome }) => outcome.split('\n'))).toEqual([
        [
          expect.stringMatching(/^header 'x-name' has a line break/),
          expect.stringMatching(/^header 'x-name' has a line break/),
          expect.stringMatching(/^"x name" is no name of a header/),
          expect.stringMatching(/^header 'content-length' is the HTTP client's own/),
          expect.stringMatching(/^the path 'no-slash' does not begin with/),
          expect.stringMatching(/^'get' is no HTTP method/),
        ],
      ])
      expect(server.requests).toEqual([])
    })

    it.skipIf(skipped)(
      'goes straight to where users come in, whatever proxy the environment names',
      async () => {
        const proxied = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: ground.target.nobodyUrl, NO_PROXY: '' }
        const before = Object.fromEntries(Object.keys(proxied).map((name) => [name, process.env[name]]))
        Object.assign(process.env, proxied)
        try {
          const { observations } = await ground.carried(subject, [stream('is-served')])
          expect([...new Set(observations.map(({ outcome }) => outcome))]).toEqual(['served'])
        } finally {
          for (const [name, value] of Object.entries(before))
            if (value === undefined) delete process.env[name]
            else process.env[name] = value
        }
      },
    )
  },
)

async function until(at: number): Promise<void> {
  const waitMs = at - performance.timeOrigin - performance.now()
  if (waitMs > 0) await sleep(waitMs)
}
