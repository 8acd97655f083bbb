import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { randomStream } from '../../src/random.ts'
import { arrivalsMs, SEGMENT_BYTES } from '../../src/retransmission.ts'
import { dial, startUpstream } from '../conformance/peer.ts'
import { agrees, measured } from './measured.ts'

const loss = { minBytes: 1500, probability: 0.9 }
const always = { minBytes: 1500, probability: 1 }

/** Draws in turn; what a segment makes of one: below 0.1 the first try passes, each further try takes 0.9 of the rest. */
function draws(...values: number[]) {
  return () => values.shift()!
}
/** A draw after which the first so many tries are lost. */
const lostTimes = (tries: number) => 1 - 0.9 ** (tries + 0.5)

describe('the retransmission schedule', () => {
  test('two tries at once, then after a timeout of 200 ms that doubles, up to two minutes', () => {
    const lateBy = (tries: number) => arrivalsMs(SEGMENT_BYTES, loss, draws(lostTimes(tries)))[0]!
    expect([0, 1, 2, 3, 4, 5, 6].map(lateBy)).toEqual([0, 0, 201, 603, 1407, 3015, 6231])
    expect(lateBy(13) - lateBy(12)).toBe(120_000)
    expect(lateBy(14) - lateBy(13)).toBe(120_000)
  })

  test('small packets are not lost, and wait for what was written before them', () => {
    expect(arrivalsMs(1447, always, Math.random)).toEqual([0])
    expect(arrivalsMs(0, always, Math.random)).toEqual([])
    expect(arrivalsMs(1448 + 152, loss, draws(lostTimes(3)))).toEqual([603, 603])
    expect(arrivalsMs(3 * 1448 + 1, loss, draws(lostTimes(2), lostTimes(0), lostTimes(4)))).toEqual([
      201, 201, 1407, 1407,
    ])
  })

  test('a lower limit reaches smaller packets: headers count', () => {
    const from = (minBytes: number) => arrivalsMs(948, { minBytes, probability: 0.9 }, () => lostTimes(2))[0]
    expect(from(1000)).toBe(201)
    expect(from(1001)).toBe(0)
  })

  test('certain loss never arrives, no loss always does', () => {
    expect(arrivalsMs(1448, { minBytes: 1500, probability: 0 }, () => 0.999999)).toEqual([0])
    expect(arrivalsMs(1448, always, () => 0)[0]).toBeGreaterThan(24 * 24 * 3600 * 1000)
  })

  test.each(measured)('$requestBytes bytes: as measured with real packets', (row) => {
    const random = randomStream('table', row.requestBytes)
    // The interval is below half a point: what differs is the model.
    const samples = 50_000
    let within3s = 0
    let within30s = 0
    for (let i = 0; i < samples; i++) {
      const ms = arrivalsMs(row.requestBytes, loss, random).at(-1)!
      if (ms <= 3000) within3s++
      if (ms <= 30_000) within30s++
    }
    expect(agrees(within3s / samples, samples, row.within3s), `${within3s}`).toBe(true)
    expect(agrees(within30s / samples, samples, row.within30s), `${within30s}`).toBe(true)
  })
})

async function startProxied() {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const { url } = stack.use(await startToxiproxyServer({ port: 0, seed: 'packets' }))
  return {
    stack,
    async call(method: string, path: string, body?: object) {
      const reply = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
      const text = await reply.text()
      return { status: reply.status, body: text === '' ? undefined : JSON.parse(text) }
    },
  }
}

/** Answers each connection once it has had as many bytes as its first four say. */
async function startAnswering(stack: AsyncDisposableStack): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    let bytes = 0
    let wanted = 0
    socket.on('error', () => {})
    socket.on('data', (data) => {
      if (bytes === 0) wanted = data.readUInt32BE(0)
      bytes += data.length
      if (bytes >= wanted) socket.end('answered')
    })
  }).listen(0, '127.0.0.1', 4096)
  await once(server, 'listening')
  stack.defer(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('through the server, connections of each size are answered in time as often as measured', async () => {
  const { stack, call } = await startProxied()
  const upstream = await startAnswering(stack)
  const connections = 200
  const patienceMs = 3000

  async function answered(listen: string, bytes: number): Promise<boolean> {
    const request = Buffer.alloc(bytes)
    request.writeUInt32BE(bytes)
    const socket = connect({ host: '127.0.0.1', port: Number(listen.split(':')[1]), noDelay: true })
    stack.defer(() => void socket.destroy())
    await once(socket, 'connect')
    return new Promise((resolve) => {
      socket.write(request)
      socket.once('data', () => resolve(true))
      setTimeout(() => resolve(false), patienceMs)
    })
  }

  const rows = await Promise.all(
    measured.map(async (row) => {
      const name = `p${row.requestBytes}`
      const { body } = await call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream })
      await call('POST', `/proxies/${name}/toxics`, {
        name: 'loss',
        type: 'packet_loss',
        stream: 'upstream',
      })
      return { ...row, name, listen: body.listen as string }
    }),
  )
  const held = rows.map(async ({ name, listen, requestBytes, within3s }) => {
    const all = await Promise.all(Array.from({ length: connections }, () => answered(listen, requestBytes)))
    const share = all.filter(Boolean).length / connections
    expect(agrees(share, connections, within3s), `${requestBytes} bytes: ${share}`).toBe(true)
    // The seed fixes every draw, so it is known which of them are in time. The first draw is of the toxicity.
    const drawn = Array.from({ length: connections }, (_, ordinal) => {
      const random = randomStream('packets', name, ordinal, 'upstream', 'loss')
      random()
      return arrivalsMs(requestBytes, loss, random).at(-1)! <= patienceMs
    })
    expect(share).toBe(drawn.filter(Boolean).length / connections)
  })
  await Promise.all(held)
})

test('what arrived passes, what is held passes when the toxic goes, and nothing is lost or overtaken', async () => {
  const { stack, call } = await startProxied()
  const upstream = stack.use(await startUpstream())
  const { body } = await call('POST', '/proxies', {
    name: 'p',
    listen: '127.0.0.1:0',
    upstream: upstream.address,
  })
  await call('POST', '/proxies/p/toxics', {
    name: 'loss',
    type: 'packet_loss',
    stream: 'upstream',
    attributes: { probability: 1 },
  })
  const client = await dial(body.listen)
  stack.defer(() => void client.socket.destroy())
  const server = await upstream.next()

  client.write('small')
  await server.receive(5)
  const sent = Buffer.from('x'.repeat(4000) + 'y'.repeat(100))
  client.write(sent)
  client.write('behind')
  await expect
    .poll(async () => (await call('GET', '/connections')).body.toxics[0])
    .toMatchObject({ type: 'packet_loss', delayedChunks: 1, bittenConnections: 1, droppedBytes: 0 })
  server.write('answers pass')
  expect((await client.receive(12)).toString()).toBe('answers pass')
  expect(server.received().toString()).toBe('small')

  await call('DELETE', '/proxies/p/toxics/loss')
  expect((await server.receive(5 + 4100 + 6)).toString()).toBe(`small${sent}behind`)
})

test('its attributes: 1,500 bytes at 0.9 unless set, and a probability that is none is refused', async () => {
  const { call } = await startProxied()
  await call('POST', '/proxies', { name: 'p', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
  const add = (attributes?: object) =>
    call('POST', '/proxies/p/toxics', { type: 'packet_loss', ...(attributes && { attributes }) })
  expect(await add({ probability: 1.5 })).toMatchObject({
    status: 400,
    body: { error: 'bad request body: probability must be from 0 to 1, not 1.5' },
  })
  expect(await add({ probability: '0.5' })).toMatchObject({ status: 400 })
  expect(await add()).toMatchObject({
    status: 200,
    body: { attributes: { min_bytes: 1500, probability: 0.9 } },
  })
})

test('in strict mode there is no such toxic', async () => {
  await using server = await startToxiproxyServer({ port: 0, strict: true })
  const post = (path: string, body: object) =>
    fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
  await post('/proxies', { name: 'p', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
  const reply = await post('/proxies/p/toxics', { type: 'packet_loss' })
  expect(await reply.json()).toMatchObject({ error: 'invalid toxic type', status: 400 })
})
