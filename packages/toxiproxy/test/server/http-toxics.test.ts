import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { dial, startUpstream } from '../conformance/peer.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
const echo: Handler = (request, response) => {
  response.setHeader('x-seen', `${request.method} ${request.url}`)
  request.pipe(response)
}

async function startBehindProxy(handler: Handler = echo) {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    handler(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const upstream = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const toxiproxy = stack.use(await startToxiproxyServer({ port: 0, seed: 1 }))
  const call = async (method: string, path: string, body?: object) => {
    const reply = await fetch(toxiproxy.url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    expect(reply.ok, `${method} ${path}`).toBe(true)
    const text = await reply.text()
    return text === '' ? undefined : JSON.parse(text)
  }
  const { listen } = await call('POST', '/proxies', { name: 'web', listen: '127.0.0.1:0', upstream })
  // One connection, kept alive: what a toxic does to one request must not harm the next.
  const dispatcher = new Agent({ connections: 1, pipelining: 1 })
  stack.defer(() => dispatcher.destroy())
  return {
    seen,
    listen: listen as string,
    call,
    add: (toxic: object) => call('POST', '/proxies/web/toxics', toxic),
    async get(path: string, options: { method?: 'GET' | 'POST' | 'HEAD'; body?: string } = {}) {
      const response = await request(`http://${listen}${path}`, { dispatcher, ...options })
      const body = await response.body.text()
      return { status: response.statusCode, body, seen: response.headers['x-seen'] }
    },
    async raw() {
      const peer = await dial(listen)
      stack.defer(() => void peer.socket.destroy())
      return peer
    },
  }
}

const connectionsOf = async (call: (method: string, path: string) => Promise<{ connections: unknown[] }>) =>
  (await call('GET', '/connections')).connections.length

test('a request that is meant is answered without the server, and the connection lives on', async () => {
  const { seen, add, get, call } = await startBehindProxy()
  await add({
    type: 'http_error',
    stream: 'upstream',
    attributes: { status: 429, body: 'slow down', path: '/limited' },
  })
  expect(await get('/free')).toMatchObject({ status: 200, seen: 'GET /free' })
  expect(await get('/limited')).toEqual({ status: 429, body: 'slow down', seen: undefined })
  expect(await get('/limited', { method: 'POST', body: 'x'.repeat(100_000) })).toMatchObject({ status: 429 })
  expect(await get('/free', { method: 'POST', body: 'after' })).toMatchObject({ status: 200, body: 'after' })
  expect(seen).toEqual(['GET /free', 'POST /free'])
  expect(await connectionsOf(call)).toBe(1)
  const { toxics } = await call('GET', '/connections')
  expect(toxics[0]).toMatchObject({ answeredRequests: 2, connections: 1, bittenConnections: 1, cuts: 0 })
})

test('on the stream downstream the server does its work and its response is replaced', async () => {
  const { seen, add, get, call } = await startBehindProxy((_, response) => response.end('x'.repeat(200_000)))
  await add({ type: 'http_error', attributes: { body: 'replaced', method: 'post' } })
  expect(await get('/a', { method: 'POST', body: 'work' })).toMatchObject({ status: 503, body: 'replaced' })
  expect((await get('/a')).body).toHaveLength(200_000)
  expect(seen).toEqual(['POST /a', 'GET /a'])
  expect(await connectionsOf(call)).toBe(1)
})

test('the first `after` pass, `count` fail, the rest pass; an update counts anew', async () => {
  const { add, get, call } = await startBehindProxy()
  await add({
    name: 'e',
    type: 'http_error',
    stream: 'upstream',
    attributes: { after: 1, count: 2, path: '/x/*' },
  })
  const statuses = async () => {
    const result: number[] = []
    for (let i = 0; i < 5; i++) result.push((await get(`/x/${i}?q=1`)).status, (await get('/y')).status)
    return result.filter((_, i) => i % 2 === 0)
  }
  expect(await statuses()).toEqual([200, 503, 503, 200, 200])
  await call('PATCH', '/proxies/web/toxics/e', { attributes: { status: 500 } })
  expect(await statuses()).toEqual([200, 500, 500, 200, 200])
})

test('toxicity is drawn for each request', async () => {
  const { add, get, call } = await startBehindProxy()
  await add({ type: 'http_error', stream: 'upstream', toxicity: 0.5 })
  let failed = 0
  for (let i = 0; i < 100; i++) if ((await get('/')).status === 503) failed++
  expect(failed).toBeGreaterThan(25)
  expect(failed).toBeLessThan(75)
  expect(await connectionsOf(call)).toBe(1)
})

test('HEAD, 204 and chunked messages keep the connection in step', async () => {
  const { add, get, call } = await startBehindProxy((request, response) => {
    if (request.url === '/empty') response.writeHead(204).end()
    else {
      response.write('a chunk, ')
      setTimeout(() => response.end('and another'), 5)
    }
  })
  await add({ type: 'http_error', stream: 'upstream', attributes: { path: '/bad', body: 'no' } })
  for (let round = 0; round < 3; round++) {
    expect(await get('/chunked')).toMatchObject({ status: 200, body: 'a chunk, and another' })
    expect(await get('/empty')).toMatchObject({ status: 204, body: '' })
    expect(await get('/chunked', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await get('/bad', { method: 'HEAD' })).toMatchObject({ status: 503, body: '' })
    expect(await get('/bad')).toMatchObject({ status: 503, body: 'no' })
  }
  expect(await connectionsOf(call)).toBe(1)
})

test('pipelined requests are answered in order, made-up answers among them', async () => {
  const { add, raw } = await startBehindProxy((request, response) => {
    setTimeout(() => response.end(`<${request.url}>`), request.url === '/1' ? 60 : 5)
  })
  await add({ type: 'http_error', stream: 'upstream', attributes: { path: '/bad', body: '<bad>' } })
  const client = await raw()
  const paths = ['/1', '/bad', '/2', '/bad', '/bad', '/3']
  client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
  await expect
    .poll(() => `${client.received()}`.match(/<[^>]*>/g))
    .toEqual(['</1>', '<bad>', '</2>', '<bad>', '<bad>', '</3>'])
})

test('requests that come byte by byte are understood', async () => {
  const { seen, add, raw } = await startBehindProxy()
  await add({ type: 'http_error', stream: 'upstream', attributes: { path: '/bad', body: '<bad>' } })
  const client = await raw()
  const text =
    'POST /good HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n<ok>POST /bad HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET /end HTTP/1.1\r\nHost: x\r\n\r\n'
  for (const byte of Buffer.from(text)) {
    client.write(Buffer.of(byte))
    if (byte === 10) await delay(2)
  }
  await expect.poll(() => seen).toEqual(['POST /good', 'GET /end'])
  await expect.poll(() => `${client.received()}`.match(/<[^>]*>/g)).toEqual(['<ok>', '<bad>'])
})

test('a client that asks to close gets its answer, then the end', async () => {
  const { add, raw } = await startBehindProxy()
  await add({ type: 'http_error', stream: 'upstream' })
  const client = await raw()
  client.write('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')
  expect(await client.ended()).toBe('eof')
  expect(`${client.received()}`).toMatch(
    /^HTTP\/1\.1 503 Service Unavailable\r\n(.*\r\n)*Connection: close\r\n\r\n$/,
  )
})

test('what is not HTTP passes untouched, without delay', async () => {
  const { add, call } = await startBehindProxy()
  const upstream = await startUpstream({ echo: true })
  onTestFinished(() => upstream[Symbol.asyncDispose]())
  const { listen } = await call('POST', '/populate', [
    { name: 'web', listen: '127.0.0.1:0', upstream: upstream.address },
  ]).then(({ proxies }) => proxies[0])
  await add({ type: 'http_error', stream: 'upstream' })
  await add({ type: 'http_latency', stream: 'downstream', attributes: { latency: 5000 } })
  for (const text of [
    '\u0000\u0003binary',
    'EHLO me\r\n',
    'PING\r\n',
    '*1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '{"a":1}\n',
  ]) {
    const client = await dial(listen)
    onTestFinished(() => void client.socket.destroy())
    client.write(text)
    expect(`${await client.receive(Buffer.byteLength(text))}`).toBe(text)
  }
})

test('http_latency holds back the requests that are meant, or their responses', async () => {
  for (const stream of ['upstream', 'downstream']) {
    const { add, get } = await startBehindProxy()
    await add({ type: 'http_latency', stream, attributes: { latency: 150, path: '/slow' } })
    const timed = async (path: string) => {
      const sinceMs = performance.now()
      expect((await get(path, { method: 'POST', body: path })).body).toBe(path)
      return performance.now() - sinceMs
    }
    await timed('/fast')
    expect(await timed('/slow')).toBeGreaterThan(145)
    expect(await timed('/fast')).toBeLessThan(145)
  }
})

test('two HTTP toxics on one connection do not get into each other’s way', async () => {
  const { seen, add, get } = await startBehindProxy()
  await add({ name: 'a', type: 'http_error', stream: 'upstream', attributes: { path: '/a', body: 'a' } })
  await add({ name: 'b', type: 'http_error', stream: 'downstream', attributes: { path: '/b', body: 'b' } })
  await add({ name: 'c', type: 'http_latency', stream: 'downstream', attributes: { latency: 20 } })
  await add({ name: 'd', type: 'latency', stream: 'downstream', attributes: { latency: 20 } })
  for (let round = 0; round < 3; round++) {
    expect((await get('/a')).body).toBe('a')
    expect((await get('/b', { method: 'POST', body: 'x' })).body).toBe('b')
    expect((await get('/c', { method: 'POST', body: 'c' })).body).toBe('c')
  }
  expect(seen).toEqual(['POST /b', 'POST /c', 'POST /b', 'POST /c', 'POST /b', 'POST /c'])
})

test('added to and removed from a connection that is open and idle', async () => {
  const { add, get, call } = await startBehindProxy()
  expect((await get('/')).status).toBe(200)
  for (let round = 0; round < 3; round++) {
    await add({ name: 'e', type: 'http_error', stream: 'upstream' })
    expect((await get('/')).status).toBe(503)
    await call('DELETE', '/proxies/web/toxics/e')
    expect((await get('/')).status).toBe(200)
  }
  expect(await connectionsOf(call)).toBe(1)
})

test('removed while it swallows a body, it cuts the connection rather than let the rest pass for a request', async () => {
  const { seen, add, call, raw } = await startBehindProxy()
  await add({ name: 'e', type: 'http_error', stream: 'upstream' })
  const client = await raw()
  client.write('POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n')
  await delay(50)
  await call('DELETE', '/proxies/web/toxics/e')
  await client.ended()
  expect(seen).toEqual([])
})

test('an upgrade that the server grants is a tunnel from there on', async () => {
  const { add, listen, call } = await startBehindProxy()
  const upstream = await startUpstream()
  onTestFinished(() => upstream[Symbol.asyncDispose]())
  const { proxies } = await call('POST', '/populate', [{ name: 'web', listen, upstream: upstream.address }])
  await add({ type: 'http_error', stream: 'upstream', attributes: { path: '/bad' } })
  const client = await dial(proxies[0].listen)
  onTestFinished(() => void client.socket.destroy())
  const server = await upstream.next()
  const ask = 'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  client.write(ask)
  await server.receive(ask.length)
  const grant = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
  server.write(`${grant}hello`)
  await client.receive(grant.length + 5)
  const talk = 'GET /bad HTTP/1.1\r\n\r\n'
  client.write(talk)
  expect(`${await server.receive(ask.length + talk.length)}`).toBe(ask + talk)
})

test('a status that cannot be sent is refused; in strict mode the type is unknown', async () => {
  const { listen } = await startBehindProxy()
  expect(listen).toBeDefined()
  for (const [strict, toxic, error] of [
    [
      false,
      { type: 'http_error', attributes: { status: 42 } },
      'bad request body: status 42 is not from 200 to 599',
    ],
    [true, { type: 'http_error' }, 'invalid toxic type'],
  ] as const) {
    await using server = await startToxiproxyServer({ port: 0, strict })
    const post = (path: string, body: object) =>
      fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) })
    await post('/proxies', { name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' })
    expect(await (await post('/proxies/a/toxics', toxic)).json()).toEqual({ error, status: 400 })
  }
})
