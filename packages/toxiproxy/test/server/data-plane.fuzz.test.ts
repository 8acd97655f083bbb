import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dial, type Peer, startUpstream, type Upstream } from '../conformance/peer.ts'
import { type RunningServer, subjects } from '../conformance/subjects.ts'

/**
 * Streams cut up at random pass through toxics that come, change and go meanwhile, beside connections that break.
 * None of the toxics drops data, so every byte must arrive, in order, and the end behind it.
 */

const RUNS = Number(process.env.FUZZ_RUNS ?? 25)

let server: RunningServer
let upstream: Upstream
let listen: string

beforeAll(async () => {
  server = await subjects[0]!.start(['--seed', '1'])
  upstream = await startUpstream()
  const body = { name: 'p', listen: '127.0.0.1:0', upstream: upstream.address }
  listen = ((await (await call('POST', '/proxies', body)).json()) as { listen: string }).listen
})
afterAll(async () => {
  await upstream[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

function call(method: string, path: string, body?: object) {
  return fetch(server.url + path, { method, ...(body && { body: JSON.stringify(body) }) })
}

const between = (min: number, max: number) => fc.integer({ min, max })
const harmless = fc.oneof(
  fc.record({ type: fc.constant('noop'), attributes: fc.constant({}) }),
  fc.record({
    type: fc.constant('latency'),
    attributes: fc.record({ latency: between(0, 20), jitter: between(0, 20) }),
  }),
  fc.record({ type: fc.constant('bandwidth'), attributes: fc.record({ rate: between(500, 50_000) }) }),
  fc.record({
    type: fc.constant('slicer'),
    attributes: fc.record({
      average_size: between(500, 5000),
      size_variation: between(0, 2000),
      delay: between(0, 50),
    }),
  }),
  fc.record({ type: fc.constant('slow_close'), attributes: fc.record({ delay: between(0, 30) }) }),
)
const step = fc.record({
  after: between(0, 15),
  name: fc.constantFrom('a', 'b', 'c'),
  stream: fc.constantFrom('upstream', 'downstream'),
  toxicity: fc.constantFrom(1, 1, 0.5),
  what: fc.constantFrom('add', 'add', 'update', 'remove', 'break'),
  toxic: harmless,
})
const traffic = fc.record({
  chunks: fc.array(fc.oneof(between(1, 50), between(1, 5000), between(30_000, 150_000)), {
    minLength: 1,
    maxLength: 30,
  }),
  /** After how many chunks the writer waits, and the reader stops for a while. */
  pauseEvery: between(1, 10),
})
const plan = fc.record({ up: traffic, down: traffic, steps: fc.array(step, { maxLength: 25 }) })
type Traffic = typeof traffic extends fc.Arbitrary<infer T> ? T : never
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('every byte arrives in order, whatever comes and goes meanwhile', { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ up, down, steps }) => {
      const client = await dial(listen)
      const other = await upstream.next()
      await Promise.all([transfer(client, other, up), transfer(other, client, down), change(steps)])
      expect(await client.ended()).toBe('eof')
      expect(await other.ended()).toBe('eof')
      await expectStatus(204, 'POST', '/reset')
    }),
    { numRuns: RUNS, ...(process.env.FUZZ_SEED && { seed: Number(process.env.FUZZ_SEED) }) },
  )
  await expectStatus(204, 'POST', '/reset')
  await expect.poll(openConnections).toEqual([])
})

test('connections that end in every way leave nothing behind', { timeout: 120_000 }, async () => {
  const openFiles = () => readdirSync(`/proc/${server.process.pid}/fd`).length
  await churn(10)
  await expect.poll(openConnections).toEqual([])
  const before = openFiles()
  await churn(300)
  await expect.poll(openConnections).toEqual([])
  await expect.poll(openFiles).toBeLessThanOrEqual(before + 4)
  expect(server.process.exitCode).toBeNull()
})

async function openConnections(): Promise<unknown[]> {
  const { connections } = (await (await call('GET', '/connections')).json()) as { connections: unknown[] }
  return connections
}

async function transfer(from: Peer, to: Peer, { chunks, pauseEvery }: Traffic) {
  const sent = chunks.map((bytes) => randomBytes(bytes))
  for (const [i, chunk] of sent.entries()) {
    from.write(chunk)
    if (i % pauseEvery !== 0) continue
    to.socket.pause()
    await delay(i % 5)
    to.socket.resume()
  }
  from.socket.end()
  const all = Buffer.concat(sent)
  expect((await to.receive(all.length)).equals(all)).toBe(true)
}

async function change(steps: readonly Step[]) {
  const standing = new Set<string>()
  for (const { after, name, stream, toxicity, what, toxic } of steps) {
    await delay(after)
    const is = standing.has(name)
    const one = `/proxies/p/toxics/${name}`
    if (what === 'add') {
      await expectStatus(is ? 409 : 200, 'POST', '/proxies/p/toxics', { name, stream, toxicity, ...toxic })
      standing.add(name)
    } else if (what === 'update') {
      await expectStatus(is ? 200 : 404, 'PATCH', one, { toxicity, attributes: toxic.attributes })
    } else if (what === 'remove') {
      await expectStatus(is ? 204 : 404, 'DELETE', one)
      standing.delete(name)
    } else await breakOne(after)
  }
  const toxics = (await (await call('GET', '/proxies/p/toxics')).json()) as { name: string }[]
  expect(toxics.map(({ name }) => name).sort()).toEqual([...standing].sort())
}

/** Toxics that were never set would spare every byte, and the test would be of nothing. */
async function expectStatus(status: number, method: string, path: string, body?: object) {
  const response = await call(method, path, body)
  expect(response.status, `${method} ${path}: ${await response.text()}`).toBe(status)
}

/** A connection beside the others that is broken in the middle of what it does. */
async function breakOne(how: number) {
  const client = await dial(listen)
  const other = await upstream.next()
  client.socket.on('error', () => {})
  other.socket.on('error', () => {})
  client.write(randomBytes(100_000))
  other.write(randomBytes(100_000))
  if (how % 3 === 0) client.socket.resetAndDestroy()
  else if (how % 3 === 1) other.socket.resetAndDestroy()
  else {
    client.socket.destroy()
    other.socket.destroy()
  }
  await Promise.all([client.ended(), other.ended()])
  client.socket.destroy()
  other.socket.destroy()
}

async function churn(count: number) {
  const toxics = [
    { type: 'latency', attributes: { latency: 30, jitter: 20 } },
    { type: 'limit_data', attributes: { bytes: 50_000 }, toxicity: 0.3 },
    { type: 'timeout', attributes: { timeout: 20 }, toxicity: 0.3 },
    { type: 'reset_peer', attributes: { timeout: 10 }, toxicity: 0.3 },
    { type: 'slow_close', attributes: { delay: 20 } },
  ]
  for (const toxic of toxics) {
    await expectStatus(200, 'POST', '/proxies/p/toxics', { ...toxic, stream: 'upstream' })
    await expectStatus(200, 'POST', '/proxies/p/toxics', toxic)
  }
  for (let i = 0; i < count; i += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, j) => breakOne(i + j)))
    if (i % 50 === 0)
      await expectStatus(200, 'PATCH', '/proxies/p/toxics/latency_downstream', {
        attributes: { latency: i % 40 },
      })
  }
  await expectStatus(204, 'POST', '/reset')
}
