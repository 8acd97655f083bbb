import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type L4, startL4 } from '../../../services/l4/app.ts'
import { mockOperatorToken } from '../../../services/l4/config.ts'
import { call } from '../fallback/client.ts'
import { startProcess } from '../processes.ts'

/** A server behind the switch. */
interface Upstream {
  readonly url: string
  readonly server: Server
  readonly sockets: Set<Socket>
}

const opened: Server[] = []

afterEach(() => {
  for (const server of opened.splice(0)) server.close()
})

async function upstream(serve: (socket: Socket) => void, port = 0): Promise<Upstream> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    serve(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  opened.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets }
}

const says = (word: string) => (socket: Socket) => socket.end(word)
const nobody = 'http://127.0.0.1:1'

function start(a: string, b: string, more: Record<string, string> = {}): Promise<L4> {
  const env = { PORT: '0', ADMIN_PORT: '0', GPKI_A_URL: a, GPKI_B_URL: b, LOG_LEVEL: 'fatal' }
  return startL4({ ...env, ...more })
}

async function dial({ entranceUrl }: L4): Promise<Socket> {
  const { hostname, port } = new URL(entranceUrl)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** All the other end says until it ends; 'reset' when it is reset instead. */
async function hear(socket: Socket): Promise<string> {
  let heard = ''
  return new Promise((resolve) => {
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.once('end', () => {
      socket.end()
      resolve(heard)
    })
    socket.once('error', () => resolve('reset'))
  })
}

const ask = async (l4: L4) => hear(await dial(l4))
const headers = { authorization: `Bearer ${mockOperatorToken}` }
const asOperator = (url: string) => call(url, { headers })
const change = (l4: L4, name: string, body: unknown) =>
  call(`${l4.url}/backends/${name}`, { method: 'PATCH', body, headers })

describe('l4', () => {
  it('passes connections on in turn', async () => {
    const [a, b] = [await upstream(says('a')), await upstream(says('b'))]
    await using l4 = await start(a.url, b.url)
    expect([await ask(l4), await ask(l4), await ask(l4), await ask(l4)]).toEqual(['a', 'b', 'a', 'b'])
  })

  it('keeps answering a client that has said all it had to say', async () => {
    const late = await upstream((socket) => {
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk
      })
      socket.once('end', () => setTimeout(() => socket.end(`you said ${heard}`), 50))
    })
    await using l4 = await start(late.url, late.url)
    const client = await dial(l4)
    client.end('all')
    expect(await hear(client)).toBe('you said all')
  })

  it('carries megabytes both ways unchanged', async () => {
    const echo = await upstream((socket) => void socket.pipe(socket))
    await using l4 = await start(echo.url, echo.url)
    const sent = randomBytes(8 * 1024 * 1024)
    const client = await dial(l4)
    client.end(sent)
    const hash = createHash('sha256')
    for await (const chunk of client) hash.update(chunk as Buffer)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
  })

  it('stops reading from a sender whose receiver does not read', async () => {
    const deaf = await upstream((socket) => void socket.pause())
    await using l4 = await start(deaf.url, deaf.url)
    const client = await dial(l4)
    const chunk = Buffer.alloc(1024 * 1024)
    let flushed = 0
    for (let sent = 0; sent < 64; sent++) client.write(chunk, () => flushed++)
    await sleep(500)
    // Some megabytes fit into the sockets' buffers on the way; a switch without backpressure takes all 64.
    expect(flushed).toBeLessThan(32)
    client.destroy()
  })

  it('turns a reset on either side into a reset on the other', async () => {
    const [gone, got] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()]
    const server = await upstream((socket) => {
      socket.resume()
      socket.once('data', () => got.resolve())
      socket.once('error', (error: NodeJS.ErrnoException) => gone.resolve(String(error.code)))
      socket.once('end', () => gone.resolve('ended'))
    })
    await using l4 = await start(server.url, server.url)
    const client = await dial(l4)
    client.write('hello')
    await got.promise
    client.resetAndDestroy()
    expect(await gone.promise).toBe('ECONNRESET')

    const other = await dial(l4)
    const heard = hear(other)
    await expect.poll(() => server.sockets.size).toBe(1)
    for (const socket of server.sockets) socket.resetAndDestroy()
    expect(await heard).toBe('reset')
  })

  it('tries the other backend when one refuses, and resets when none accepts', async () => {
    const b = await upstream(says('b'))
    await using l4 = await start(nobody, b.url)
    expect([await ask(l4), await ask(l4)]).toEqual(['b', 'b'])
    await using dead = await start(nobody, nobody)
    expect(await ask(dead)).toBe('reset')
    expect((await asOperator(`${dead.url}/counters`)).body).toMatchObject({ accepted: 1, turnedAway: 1 })
  })

  it('takes a backend out that refuses connections, and in again when it accepts', async () => {
    const [a, b] = [await upstream(says('a')), await upstream(says('b'))]
    await using l4 = await start(a.url, b.url, { HEALTH_INTERVAL_MS: '30' })
    const accepts = async () =>
      (await asOperator(`${l4.url}/backends`)).body.backends.map((each: { accepts: boolean }) => each.accepts)
    expect(await accepts()).toEqual([true, true])
    const { port } = a.server.address() as AddressInfo
    a.server.close()
    await expect.poll(accepts, { timeout: 5_000 }).toEqual([false, true])
    await upstream(says('a again'), port)
    await expect.poll(accepts, { timeout: 5_000 }).toEqual([true, true])
  })

  it('does not notice a backend that accepts and never answers: the grey failure', async () => {
    const silent = await upstream((socket) => void socket.resume())
    await using l4 = await start(silent.url, silent.url, { HEALTH_INTERVAL_MS: '30', DEEP_CHECK_MS: '200' })
    await sleep(300)
    const { body } = await asOperator(`${l4.url}/backends`)
    expect(body.backends).toMatchObject([{ accepts: true }, { accepts: true }])
    expect((await call(`${l4.url}/health`)).status).toBe(200)
    const deep = await call(`${l4.url}/health/deep`)
    expect(deep).toMatchObject({
      status: 503,
      body: { checks: { 'gpki-a': { ok: false }, 'gpki-b': { ok: false } } },
    })
  })

  it('changes weights, drains and takes down by its admin API', async () => {
    const echo = (word: string) => (socket: Socket) => {
      socket.write(word)
      socket.once('end', () => socket.end())
    }
    const [a, b] = [await upstream(echo('a')), await upstream(echo('b'))]
    await using l4 = await start(a.url, b.url)
    const kept = await dial(l4)
    expect(String((await once(kept, 'data'))[0])).toBe('a')
    const next = async () => {
      const client = await dial(l4)
      const [word] = await once(client, 'data')
      client.destroy()
      return String(word)
    }
    expect(await change(l4, 'gpki-b', { weight: 0 })).toMatchObject({ status: 200, body: { weight: 0 } })
    expect([await next(), await next()]).toEqual(['a', 'a'])

    await change(l4, 'gpki-b', { weight: 1 })
    await change(l4, 'gpki-a', { state: 'draining' })
    expect([await next(), await next()]).toEqual(['b', 'b'])
    expect(a.sockets.size).toBe(1)
    expect(kept.destroyed).toBe(false)

    const dropped = new Promise<void>((resolve) => kept.once('close', () => resolve()))
    await change(l4, 'gpki-a', { state: 'down' })
    await dropped
    const { body } = await asOperator(`${l4.url}/counters`)
    expect(body).toMatchObject({
      accepted: 5,
      backends: { 'gpki-a': { connections: 3 }, 'gpki-b': { connections: 2 } },
    })
  })

  it.each([
    ['an unknown backend', 'gpki-c', { weight: 1 }, 404],
    ['a negative weight', 'gpki-a', { weight: -1 }, 400],
    ['an unknown state', 'gpki-a', { state: 'asleep' }, 400],
    ['no change', 'gpki-a', {}, 400],
    ['an unknown field', 'gpki-a', { wieght: 1 }, 400],
  ])('refuses %s', async (_what, name, body, status) => {
    await using l4 = await start(nobody, nobody)
    expect((await change(l4, name, body)).status).toBe(status)
  })

  it.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer mock-network-only-0perator' }],
    ['a longer token', { authorization: `Bearer ${mockOperatorToken}!` }],
    ['the token without its kind', { authorization: mockOperatorToken }],
  ])('is operated by nobody who shows %s', async (_what, shown) => {
    await using l4 = await start(nobody, nobody)
    const body = { state: 'down' }
    const refused = { status: 401, body: { code: 'refused' } }
    const url = `${l4.url}/backends/gpki-a`
    expect(await call(url, { method: 'PATCH', body, headers: shown })).toMatchObject(refused)
    expect(await call(`${l4.url}/backends`, { headers: shown })).toMatchObject(refused)
    expect(await call(`${l4.url}/counters`, { headers: shown })).toMatchObject(refused)
    const { backends } = (await asOperator(`${l4.url}/backends`)).body
    expect(backends[0].state).toBe('active')
  })

  it('is operated by a person: so many changes a second and no more', async () => {
    await using l4 = await start(nobody, nobody)
    const statuses = await Promise.all(Array.from({ length: 15 }, () => change(l4, 'gpki-a', { weight: 1 })))
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(statuses.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  it('lets anybody operate it under the sabotage', async () => {
    await using l4 = await start(nobody, nobody, { SABOTAGE: 'open-admin' })
    const answer = await call(`${l4.url}/backends/gpki-a`, { method: 'PATCH', body: { weight: 1 } })
    expect(answer.status).toBe(200)
  })

  it('resets a connection over which nothing goes any more, and no other', async () => {
    const silent = await upstream((socket) => void socket.resume())
    const talks = await upstream((socket) => {
      const timer = setInterval(() => socket.write('.'), 20)
      socket.once('close', () => clearInterval(timer))
    })
    await using l4 = await start(silent.url, talks.url, {
      IDLE_TIMEOUT_MS: '200',
      HEALTH_INTERVAL_MS: '600000',
    })
    const [idle, busy] = [await dial(l4), await dial(l4)]
    busy.resume()
    expect(await hear(idle)).toBe('reset')
    await expect.poll(() => silent.sockets.size).toBe(0)
    await sleep(400)
    expect(busy.destroyed).toBe(false)
    expect((await asOperator(`${l4.url}/counters`)).body).toMatchObject({ accepted: 2, active: 1, idle: 1 })
    busy.destroy()
  })

  it('takes so many connections and no more', async () => {
    const silent = await upstream((socket) => void socket.resume())
    await using l4 = await start(silent.url, silent.url, {
      MAX_CONNECTIONS: '2',
      HEALTH_INTERVAL_MS: '600000',
    })
    const [first] = [await dial(l4), await dial(l4)]
    expect(await dial(l4).then(hear, () => 'reset')).toBe('reset')
    expect((await asOperator(`${l4.url}/counters`)).body).toMatchObject({
      accepted: 3,
      active: 2,
      turnedAway: 1,
    })
    first!.resetAndDestroy()
    await expect.poll(async () => (await asOperator(`${l4.url}/counters`)).body.active).toBe(1)
    const last = await dial(l4)
    await expect.poll(async () => (await asOperator(`${l4.url}/counters`)).body.active).toBe(2)
    expect(last.destroyed).toBe(false)
  })

  it('says so when its port is in use', async () => {
    const taken = await upstream(says(''))
    const { port } = new URL(taken.url)
    await expect(start(nobody, nobody, { PORT: port })).rejects.toThrow('EADDRINUSE')
    await expect(start(nobody, nobody, { ADMIN_PORT: port })).rejects.toThrow('EADDRINUSE')
  })

  it('runs as a process of its own, and stops with connections open', async () => {
    const silent = await upstream((socket) => void socket.resume())
    const env = { PORT: '0', ADMIN_PORT: '0', GPKI_A_URL: silent.url, GPKI_B_URL: silent.url }
    await using l4 = startProcess('l4', env)
    const { url } = await l4.event('service.started')
    expect((await call(`${url}/health`)).status).toBe(200)
    const { entrance } = await l4.event('l4.listening')
    const client = connect(Number(new URL(String(entrance)).port), '127.0.0.1')
    client.on('error', () => {})
    await expect.poll(() => silent.sockets.size).toBeGreaterThan(0)
    l4.child.kill('SIGTERM')
    expect(await l4.exited).toEqual({ code: 0, signal: null })
  })
})
