import { randomBytes } from 'node:crypto'
import { queryObjects } from 'node:v8'
import { expect, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { Intake } from '../../src/intake.ts'
import { Link } from '../../src/link.ts'
import { Stub } from '../../src/stub.ts'
import { dial, startUpstream } from '../conformance/peer.ts'

/** How many there are once the garbage is collected. Each socket of the server holds an intake. */
function living(): Record<string, number> {
  return Object.fromEntries(
    [Intake, Link, Stub].map((kind) => [kind.name, queryObjects(kind, { format: 'count' })]),
  )
}

test('of a connection that is over nothing stays in the memory', async () => {
  await using upstream = await startUpstream()
  await using server = await startToxiproxyServer({ port: 0 })
  const call = (method: string, path: string, body?: object) =>
    fetch(server.url + path, { method, ...(body && { body: JSON.stringify(body) }) })
  const body = { name: 'p', listen: '127.0.0.1:0', upstream: upstream.address }
  const { listen } = (await (await call('POST', '/proxies', body)).json()) as { listen: string }
  const toxics = [
    { type: 'latency', attributes: { latency: 5 } },
    { type: 'slicer', attributes: { average_size: 1000 } },
    { type: 'limit_data', attributes: { bytes: 50_000 }, toxicity: 0.3 },
    { type: 'timeout', attributes: { timeout: 20 }, toxicity: 0.3 },
    { type: 'reset_peer', attributes: { timeout: 5 }, toxicity: 0.3 },
    { type: 'http_latency', attributes: { latency: 5 } },
  ]

  async function oneConnection(how: number) {
    const client = await dial(listen)
    const other = await upstream.next()
    for (const { socket } of [client, other]) socket.on('error', () => {})
    client.write(randomBytes(60_000))
    other.write('GET / HTTP/1.1\r\n\r\n')
    if (how % 3 === 0) client.socket.end()
    if (how % 3 === 1) other.socket.resetAndDestroy()
    if (how % 3 === 2) client.socket.destroy()
    if (how % 3 === 0) other.socket.end()
    await Promise.all([client.ended(), other.ended()])
    client.socket.destroy()
    other.socket.destroy()
  }
  async function round(connections: number) {
    for (const stream of ['upstream', 'downstream'])
      for (const toxic of toxics) await call('POST', '/proxies/p/toxics', { ...toxic, stream })
    for (let i = 0; i < connections; i += 5)
      await Promise.all(Array.from({ length: 5 }, (_, j) => oneConnection(i + j)))
    await call('POST', '/reset')
    await expect
      .poll(
        async () =>
          ((await (await call('GET', '/connections')).json()) as { connections: unknown[] }).connections,
      )
      .toEqual([])
  }

  await round(20)
  const before = living()
  await round(200)
  await expect
    .poll(() => Math.max(...Object.entries(living()).map(([kind, n]) => n - before[kind]!)))
    .toBeLessThan(10)
})
