import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { frontTokenHeader } from '../../../services/common/front-token.ts'
import { type Front, startFront } from '../../../services/front/app.ts'
import { askDeep } from '../watcher.ts'

const opened: AsyncDisposable[] = []

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

/** What stands behind the hop. */
async function behind(
  listener: RequestListener,
): Promise<{ url: string; server: Server; sockets: Set<unknown> }> {
  const server = createServer(listener)
  const sockets = new Set<unknown>()
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets }
}

async function frontOf(url: string, more: Record<string, string> = {}): Promise<Front> {
  const front = await startFront({
    PORT: '0',
    OUTSIDE_PORT: '0',
    ABROAD_PORT: '0',
    BRANCH_PORT: '0',
    ADMIN_PORT: '0',
    UPSTREAM_URL: url,
    LOG_LEVEL: 'fatal',
    ...more,
  })
  opened.push(front)
  return front
}

/** Says what it was asked. */
const echo: RequestListener = async (asked, answer) => {
  const body = (await Array.fromAsync(asked)).join('')
  const { method, url, headers } = asked
  answer.setHeader('x-answered', 'yes').writeHead(201, { 'content-type': 'application/json' })
  answer.end(JSON.stringify({ method, url, headers, body }))
}

interface Echoed {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function ask(url: string, init: RequestInit = {}): Promise<Echoed> {
  return (await fetch(url, init)).json() as Promise<Echoed>
}

describe('the hop before Saeol', () => {
  it('passes method, path, headers and body on, and status, headers and body back', async () => {
    const front = await frontOf((await behind(echo)).url)
    const response = await fetch(`${front.lines.offices}/certificates?kind=seal&x=%20`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer of-a-session',
        'x-deadline-ms': '900',
        'idempotency-key': 'k-1',
      },
      body: '{"residentId":"홍길동"}',
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('x-answered')).toBe('yes')
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: '/certificates?kind=seal&x=%20',
      body: '{"residentId":"홍길동"}',
      headers: {
        authorization: 'Bearer of-a-session',
        'x-deadline-ms': '900',
        'idempotency-key': 'k-1',
        'content-type': 'application/json',
      },
    })
  })

  it('writes the line and the address it saw, and drops what the client says of it', async () => {
    const front = await frontOf((await behind(echo)).url)
    for (const line of ['offices', 'outside', 'abroad'] as const) {
      const { headers } = await ask(front.lines[line], {
        headers: {
          'x-forwarded-for': 'offices/127.0.0.1, 10.0.0.1',
          'x-real-ip': '10.0.0.1',
          forwarded: 'for=10.0.0.1',
          [frontTokenHeader]: 'a guess',
        },
      })
      expect(headers['x-forwarded-for']).toBe(`${line}/127.0.0.1`)
      expect(headers[frontTokenHeader]).toBe(mockTokenOf('front'))
      expect(headers).not.toHaveProperty('x-real-ip')
      expect(headers).not.toHaveProperty('forwarded')
    }
  })

  it('is seen to believe the client under the sabotage', async () => {
    const front = await frontOf((await behind(echo)).url, { SABOTAGE: 'trusts-client-address' })
    const { headers } = await ask(front.lines.abroad, { headers: { 'x-forwarded-for': '192.0.2.1' } })
    expect(headers['x-forwarded-for']).toBe('192.0.2.1')
  })

  it('streams both ways: what has come is passed on before the rest is there', async () => {
    const { url } = await behind((asked, answer) => void asked.pipe(answer))
    const front = await frontOf(url)
    const sending = request(`${front.lines.offices}/`, { method: 'POST' })
    sending.write('first')
    const [answer] = (await once(sending, 'response')) as [IncomingMessage]
    const chunks = answer.setEncoding('utf8')[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toBe('first')
    sending.end('last')
    expect((await chunks.next()).value).toBe('last')
    expect((await chunks.next()).done).toBe(true)
  })

  it('keeps its connections to Saeol, and the client none of its own there', async () => {
    const { url, sockets } = await behind(echo)
    const front = await frontOf(url)
    for (let visit = 0; visit < 5; visit++)
      await ask(front.lines.offices, { headers: { connection: 'close' } })
    expect(sockets.size).toBe(1)
  })

  it('lets go of Saeol when the client has left', async () => {
    const gone = Promise.withResolvers<void>()
    const { url, server } = await behind((_asked, answer) => void answer.once('close', () => gone.resolve()))
    const front = await frontOf(url)
    const asked = request(`${front.lines.offices}/`)
    asked.on('error', () => {})
    asked.end()
    await once(server, 'request')
    asked.destroy()
    await gone.promise
  })

  it('asks once, and says so when there is no answer', async () => {
    let times = 0
    const { url } = await behind((asked) => {
      times += 1
      asked.socket.destroy()
    })
    const front = await frontOf(url)
    const response = await fetch(`${front.lines.offices}/x`, { method: 'POST', body: 'once' })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ code: 'upstream-unreachable' })
    expect(times).toBe(1)
  })

  it('breaks off where the answer breaks off', async () => {
    const { url } = await behind((_asked, answer) => {
      answer.writeHead(200, { 'content-length': '100' })
      answer.write('the beginning', () => answer.destroy())
    })
    const front = await frontOf(url)
    const response = await fetch(front.lines.offices)
    await expect(response.text()).rejects.toThrow()
  })

  it('is up without Saeol, and looks deep on its own port only', async () => {
    const front = await frontOf('http://127.0.0.1:1')
    expect((await fetch(`${front.url}/health`)).status).toBe(200)
    const deep = await askDeep(front.url)
    expect(deep.status).toBe(503)
    // Saeol's own health is asked for by a line, as the status page does.
    expect((await fetch(`${front.lines.offices}/health`)).status).toBe(503)
  })

  it('finishes what is under way before it stops', async () => {
    const waiting = Promise.withResolvers<void>()
    const { url, server } = await behind((_asked, answer) => {
      void waiting.promise.then(() => answer.end('finished'))
    })
    const front = await frontOf(url)
    const answer = fetch(front.lines.outside).then((response) => response.text())
    await once(server, 'request')
    const stopped = front[Symbol.asyncDispose]()
    setTimeout(waiting.resolve, 100)
    expect(await answer).toBe('finished')
    await stopped
    await expect(fetch(front.lines.outside)).rejects.toThrow()
  })
})
