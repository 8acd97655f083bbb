/** The toxics `limit_time` and `slow_open`. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { dial, type Peer, startUpstream } from '../conformance/peer.ts'

/** A proxy, and connections through it. */
async function world() {
  const server = await startToxiproxyServer({ port: 0 })
  const upstream = await startUpstream()
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]()
    await upstream[Symbol.asyncDispose]()
  })
  const call = async (method: string, path: string, body?: object) => {
    const reply = await fetch(server.url + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return reply.status === 204 ? {} : ((await reply.json()) as { listen?: string })
  }
  const proxy = { name: 'a', listen: '127.0.0.1:0', upstream: upstream.address }
  const { listen } = await call('POST', '/proxies', proxy)
  return {
    call,
    /** Both ends of a connection, and when it was opened. */
    async connected(): Promise<{ client: Peer; server: Peer; atMs: number }> {
      const atMs = performance.now()
      const client = await dial(listen!)
      onTestFinished(() => void client.socket.destroy())
      return { client, server: await upstream.next(), atMs }
    },
    toxic: (body: object) => call('POST', '/proxies/a/toxics', body),
  }
}

const sinceMs = (atMs: number): number => performance.now() - atMs

describe('limit_time', () => {
  test('lets data pass both ways, however much, and closes both ends in time', async () => {
    const { connected, toxic } = await world()
    await toxic({ type: 'limit_time', stream: 'upstream', attributes: { time: 400 } })
    const { client, server, atMs } = await connected()
    // It never falls silent.
    const talking = setInterval(() => client.write('x'), 10)
    onTestFinished(() => clearInterval(talking))
    server.write('answer')
    expect(`${await client.receive(6)}`).toBe('answer')
    await Promise.all([client.ended(), server.ended()])
    expect(sinceMs(atMs)).toBeGreaterThanOrEqual(400)
    expect(server.received().length).toBeGreaterThan(5)
    expect(sinceMs(atMs)).toBeLessThan(5000)
  })

  test('counts from when it came to an open connection, and goes on counting when it is updated', async () => {
    const { call, connected, toxic } = await world()
    const { client } = await connected()
    const atMs = performance.now()
    await toxic({ name: 'limit', type: 'limit_time', attributes: { time: 60_000 } })
    await toxic({ name: 'neighbour', type: 'noop' })
    await new Promise((done) => setTimeout(done, 300))
    await call('POST', '/proxies/a/toxics/limit', { attributes: { time: 500 } })
    await client.ended()
    expect(sinceMs(atMs)).toBeGreaterThanOrEqual(500)
    // Not 500 ms after the update.
    expect(sinceMs(atMs)).toBeLessThan(790)
  })

  test('put off, it cuts nothing when it was due before', async () => {
    const { call, connected, toxic } = await world()
    await toxic({ name: 'limit', type: 'limit_time', attributes: { time: 200 } })
    const { client, server } = await connected()
    await call('POST', '/proxies/a/toxics/limit', { attributes: { time: 60_000 } })
    await new Promise((done) => setTimeout(done, 300))
    server.write('still here')
    expect(`${await client.receive(10)}`).toBe('still here')
  })

  test('taken away, or with the end of the stream before its time, it cuts nothing', async () => {
    const { call, connected, toxic } = await world()
    await toxic({ name: 'limit', type: 'limit_time', attributes: { time: 200 } })
    const spared = await connected()
    const ending = await connected()
    ending.server.socket.end('bye')
    await ending.client.ended()
    expect(`${ending.client.received()}`).toBe('bye')
    await call('DELETE', '/proxies/a/toxics/limit')
    await new Promise((done) => setTimeout(done, 300))
    spared.server.write('still here')
    expect(`${await spared.client.receive(10)}`).toBe('still here')
  })
})

describe('slow_open', () => {
  test('keeps the first data back, and all behind it in order; what comes later is not delayed', async () => {
    const { connected, toxic } = await world()
    await toxic({ type: 'slow_open', stream: 'upstream', attributes: { delay: 400 } })
    const { client, server } = await connected()
    const atMs = performance.now()
    client.write('first')
    await new Promise((done) => setTimeout(done, 50))
    client.write(' second')
    server.write('this way is free')
    await client.receive(16)
    expect(sinceMs(atMs)).toBeLessThan(400)
    expect(`${await server.receive(12)}`).toBe('first second')
    expect(sinceMs(atMs)).toBeGreaterThanOrEqual(400)
    const laterMs = performance.now()
    client.write(' third')
    await server.receive(18)
    expect(sinceMs(laterMs)).toBeLessThan(400)
  })

  test('leaves connections alone that were open before', async () => {
    const { connected, toxic } = await world()
    const { client, server } = await connected()
    await toxic({ type: 'slow_open', stream: 'upstream', attributes: { delay: 60_000 } })
    client.write('at once')
    expect(`${await server.receive(7)}`).toBe('at once')
  })

  test('taken away or changed, it lets go of what it holds', async () => {
    const { call, connected, toxic } = await world()
    await toxic({ name: 'slow', type: 'slow_open', stream: 'upstream', attributes: { delay: 60_000 } })
    for (const [method, body] of [
      ['POST', { attributes: { delay: 50_000 } }],
      ['DELETE', undefined],
    ] as const) {
      const { client, server } = await connected()
      client.write('held')
      await new Promise((done) => setTimeout(done, 50))
      expect(server.received()).toHaveLength(0)
      await call(method, '/proxies/a/toxics/slow', body)
      expect(`${await server.receive(4)}`).toBe('held')
    }
  })
})

test.each(['limit_time', 'slow_open'])('in strict mode there is no %s', async (type) => {
  await using server = await startToxiproxyServer({ port: 0, strict: true })
  const post = (path: string, body: object) =>
    fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
  await post('/proxies', { name: 'p', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
  expect(await (await post('/proxies/p/toxics', { type })).json()).toMatchObject({
    error: 'invalid toxic type',
  })
})
