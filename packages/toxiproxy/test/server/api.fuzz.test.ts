import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, subjects } from '../conformance/subjects.ts'

/**
 * Random calls, many at a time and of every size, among them those that upstream has nothing like: whatever comes, the
 * server answers in its own words, lives, and is the same as new once it is emptied. (What it answers to calls that
 * upstream knows is compared with upstream's in conformance/differential.test.ts.)
 */

const RUNS = Number(process.env.FUZZ_RUNS ?? 40)
const AT_ONCE = 8
const answers = new Set([200, 201, 204, 301, 400, 404, 405, 409, 413])

let server: RunningServer
beforeAll(async () => {
  server = await subjects[0]!.start()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Upstream too has no path to a proxy whose name is a part of one, such as `..` or `a/b`. */
const reachable = fc.constantFrom('a', 'b', 'c d', 'ü→x', '%', '__proto__')
const name = fc.oneof({ weight: 6, arbitrary: reachable }, { weight: 1, arbitrary: fc.constant('..') })
const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(2 ** 63, -1e300, '\u0000', '1'.repeat(5000)),
)
const often = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 10, arbitrary: usual as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd })
const fields = (shape: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, often(value)])), {
    requiredKeys: [],
  })

const attributes = fields({
  latency: fc.integer(),
  rate: fc.integer({ min: 1 }),
  timeout: fc.nat(10_000),
  average_size: fc.integer(),
  path: fc.string(),
  status: fc.integer({ min: 0, max: 1000 }),
  body: fc.string(),
  count: fc.nat(),
})
const toxic = fields({
  name: fc.constantFrom('x', 'y'),
  type: fc.constantFrom(
    'latency',
    'bandwidth',
    'slicer',
    'timeout',
    'limit_data',
    'http_error',
    'http_latency',
    'limit_time',
    'slow_open',
  ),
  stream: fc.constantFrom('upstream', 'downstream'),
  toxicity: fc.double({ noNaN: true }),
  attributes,
})
const proxy = fc
  .tuple(
    fc.record({ name: reachable, listen: fc.constant('127.0.0.1:0') }, { requiredKeys: ['listen'] }),
    fields({ upstream: fc.constant('127.0.0.1:1'), enabled: fc.boolean() }),
  )
  .map(([fixed, others]) => ({ ...others, ...fixed }))
const change = fields({ proxy: name, add: toxic, update: toxic, remove: fc.constantFrom('x', 'y') })

const proxyPath = name.map((one) => `/proxies/${encodeURIComponent(one)}`)
const toxicsPath = proxyPath.map((path) => `${path}/toxics`)
const toxicPath = toxicsPath.map((path) => `${path}/x`)
const route = (
  methods: readonly string[],
  path: string | fc.Arbitrary<string>,
  body: fc.Arbitrary<unknown> = fc.constant(undefined),
) =>
  fc.record({
    method: fc.constantFrom(...methods),
    path: typeof path === 'string' ? fc.constant(path) : path,
    body: body.map((value) => (value === undefined ? undefined : JSON.stringify(value))),
  })
const call = fc.oneof(
  { weight: 5, arbitrary: route(['POST'], '/proxies', proxy) },
  { weight: 2, arbitrary: route(['POST'], '/populate', often(fc.array(proxy, { maxLength: 4 }))) },
  { weight: 3, arbitrary: route(['POST', 'PATCH'], proxyPath, proxy) },
  { weight: 5, arbitrary: route(['POST'], toxicsPath, toxic) },
  { weight: 3, arbitrary: route(['POST', 'PATCH'], toxicPath, toxic) },
  {
    weight: 4,
    arbitrary: route(['POST'], '/toxics', fields({ changes: fc.array(change, { maxLength: 5 }) })),
  },
  { weight: 2, arbitrary: route(['DELETE'], fc.oneof(proxyPath, toxicPath)) },
  { weight: 1, arbitrary: route(['POST'], '/reset') },
  { weight: 2, arbitrary: route(['GET'], fc.oneof(proxyPath, toxicsPath, toxicPath)) },
  {
    weight: 2,
    arbitrary: route(
      ['GET', 'PUT', 'OPTIONS'],
      fc.constantFrom('/proxies', '/connections', '/metrics', '//x', '/a/../proxies', '/%'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constant('POST'),
      path: fc.constantFrom('/proxies', '/populate', '/toxics'),
      body: fc.oneof(
        fc.string(),
        fc.nat(3_000_000).map((bytes) => '['.repeat(bytes)),
      ),
    }),
  },
)

test('whatever calls come, and however many at once, each is answered', { timeout: 300_000 }, async () => {
  const openFiles = () => readdirSync(`/proc/${server.process.pid}/fd`).length
  await empty()
  const before = openFiles()
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 40 }), async (calls) => {
      const waiting = [...calls]
      const worker = async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const status = await ask(one)
          expect(answers, `${one.method} ${one.path} ${one.body?.slice(0, 200)} → ${status}`).toContain(
            status,
          )
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      expect(server.process.exitCode).toBeNull()
      await empty()
    }),
    { numRuns: RUNS, ...(process.env.FUZZ_SEED && { seed: Number(process.env.FUZZ_SEED) }) },
  )
  // The connections of the calls themselves are kept alive a while; what leaked would come to hundreds.
  await expect.poll(openFiles).toBeLessThanOrEqual(before + 4 * AT_ONCE)
})

test('listeners that come and go in the middle of it leave nothing behind', async () => {
  const openFiles = () => readdirSync(`/proc/${server.process.pid}/fd`).length
  const before = openFiles()
  for (let round = 0; round < 20; round++) {
    const leaving = Array.from({ length: 5 }, () => new AbortController())
    await Promise.all(
      leaving.map(async (gone, i) => {
        const events = await fetch(`${server.url}/events${i % 2 === 0 ? '' : '?event=bite'}`, {
          signal: gone.signal,
        })
        expect(events.status).toBe(200)
      }),
    )
    for (const gone of leaving) gone.abort()
    await delay(5)
  }
  await expect.poll(openFiles).toBeLessThanOrEqual(before + 4 * AT_ONCE)
  expect((await fetch(`${server.url}/version`)).status).toBe(200)
})

async function ask({ method, path, body }: { method: string; path: string; body: string | undefined }) {
  try {
    const response = await fetch(server.url + path, {
      method,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    })
    await response.text()
    return response.status
  } catch (error) {
    // A body above the limit is refused before it is read, and its sender may see the connection go first.
    if (body !== undefined && body.length > 1024 * 1024) return 413
    throw error
  }
}

/** Takes every proxy away; what is left then is what a new server has. */
async function empty() {
  const proxies = (await (await fetch(`${server.url}/proxies`)).json()) as object
  for (const one of Object.keys(proxies)) {
    const path = `${server.url}/proxies/${encodeURIComponent(one)}`
    const { status } = await fetch(path, { method: 'DELETE' })
    expect(status, one).toBe(204)
  }
  expect(await (await fetch(`${server.url}/proxies`)).text()).toBe('{}')
  expect(await (await fetch(`${server.url}/connections`)).text()).toBe('{"connections":[],"toxics":[]}')
}
