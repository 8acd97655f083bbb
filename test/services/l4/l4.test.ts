import { createHash, randomBytes } from 'node:crypto'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { call } from '../fallback/client.ts'
import { startProcess } from '../processes.ts'
import { watcher } from '../watcher.ts'
import { ask, asOperator, dial, hear, nobody, says, start, upstream } from './behind-the-switch.ts'

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
    await expect.poll(accepts).toEqual([false, true])
    await upstream(says('a again'), port)
    await expect.poll(accepts).toEqual([true, true])
  })

  it('does not notice a backend that accepts and never answers: the grey failure', async () => {
    const silent = await upstream((socket) => void socket.resume())
    await using l4 = await start(silent.url, silent.url, { HEALTH_INTERVAL_MS: '30', DEEP_CHECK_MS: '200' })
    await sleep(300)
    const { body } = await asOperator(`${l4.url}/backends`)
    expect(body.backends).toMatchObject([{ accepts: true }, { accepts: true }])
    expect((await call(`${l4.url}/health`)).status).toBe(200)
    const deep = await call(`${l4.url}/health/deep`, watcher)
    expect(deep).toMatchObject({
      status: 503,
      body: { checks: { 'gpki-a': { ok: false }, 'gpki-b': { ok: false } } },
    })
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
