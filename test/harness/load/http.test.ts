/** The users' HTTP client against real servers: what HTTP/1.1 lets an answer look like, and what users do. */
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnswer } from '../../../harness/load/builtin/answer.ts'
import { usersHttp } from '../../../harness/load/builtin/http.ts'

async function listening(server: Server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  const users = usersHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    http: users.http,
    sockets,
    async [Symbol.asyncDispose]() {
      users.close()
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const answering = (listener: RequestListener) => listening(createHttpServer(listener))

/** A server that sends these bytes for whatever it is sent. */
const saying = (bytes: string, thenEnds = false) =>
  listening(
    createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', () => (thenEnds ? socket.end(bytes) : socket.write(bytes)))
    }),
  )

describe('a request', () => {
  it('carries method, path, headers and JSON, and gets status, headers and JSON back', async () => {
    await using server = await answering(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      response.writeHead(201, {
        'X-Echo': [`${request.method} ${request.url}`, String(request.headers['x-terminal'])],
      })
      response.end(body)
    })
    const json = { 주민: '새올', many: 'x'.repeat(5000) }
    const answer = await server.http('POST', '/a?b=1', { json, headers: { 'x-terminal': 't-1' } })
    expect(answer.status).toBe(201)
    expect(answer.header('x-echo')).toBe('POST /a?b=1, t-1')
    expect(answer.json()).toEqual(json)
  })

  it('without a body says so, or the server would wait for one', async () => {
    await using server = await answering((request, response) => {
      request.resume().once('end', () => response.end(String(request.headers['content-length'])))
    })
    expect((await server.http('POST', '/')).json()).toBe(0)
    expect((await server.http('GET', '/')).json()).toBeUndefined()
  })
})

describe('an answer', () => {
  it('may be of many chunks, with a character across two of them', async () => {
    const text = Buffer.from(JSON.stringify('행정전산망'.repeat(500)))
    await using server = await answering(async (_, response) => {
      for (let at = 0; at < text.length; at += 1000) {
        response.write(text.subarray(at, at + 1000))
        await sleep(1)
      }
      response.end()
    })
    expect((await server.http('GET', '/')).json()).toBe(JSON.parse(text.toString()))
  })

  it.each([
    ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', 204, undefined],
    ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 200, undefined],
    [
      'trailers',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\n123\r\n0\r\nt: 1\r\n\r\n',
      200,
      123,
    ],
    [
      'something before it',
      'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n12',
      200,
      12,
    ],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n12', 200, 12],
    ['the version 1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n12', 200, 12],
    ['more behind it than its length', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n12HTTP/1.1', 200, 12],
  ])('may have %s', async (name, bytes, status, json) => {
    await using server = await saying(bytes, name === 'no length')
    const answer = await server.http('GET', '/')
    expect([answer.status, answer.json()]).toEqual([status, json])
  })

  it('to HEAD has no body, whatever its length says', async () => {
    await using server = await answering((_, response) => response.setHeader('content-length', 9).end())
    expect(await server.http('HEAD', '/')).toMatchObject({ status: 200 })
  })

  it('that is cut off in its middle is none', async () => {
    await using server = await saying('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', true)
    expect(await server.http('GET', '/')).toMatchObject({ status: 0, error: 'reset' })
  })

  it('that is no HTTP is none', async () => {
    await using server = await saying('SSH-2.0-OpenSSH_9.6\r\n\r\n')
    expect(await server.http('GET', '/')).toMatchObject({ status: 0, error: 'not-http' })
  })

  it('is read the same wherever it is cut, and not before its last byte', () => {
    const whole = [
      'HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx: y\r\n\r\n{"ok": true}',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ok"\r\n7\r\n: true}\r\n0\r\n\r\n',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.double({ min: 0, max: 1, maxExcluded: true }),
        (text, share) => {
          const bytes = Buffer.from(text)
          expect(
            readAnswer(bytes.subarray(0, Math.floor(share * bytes.length)), 'GET', false),
          ).toBeUndefined()
          expect(readAnswer(bytes, 'GET', false)?.text).toBe('{"ok": true}')
        },
      ),
    )
  })
})

describe('a connection', () => {
  it('carries one request, and is closed with its answer', async () => {
    await using server = await answering((_, response) => void setTimeout(() => response.end('1'), 20))
    for (let round = 1; round <= 2; round++) {
      const answers = await Promise.all([1, 2, 3].map(() => server.http('GET', '/')))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(server.sockets.size).toBe(3 * round)
    }
    await closed(server.sockets)
  })

  it('is closed by a user who gives up', async () => {
    await using server = await answering(() => {})
    expect(await server.http('GET', '/', { timeoutMs: 50 })).toMatchObject({ status: 0, error: 'timed-out' })
    await closed(server.sockets)
  })

  it('that a server keeps open is closed nevertheless', async () => {
    await using server = await saying('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    expect((await server.http('GET', '/')).status).toBe(200)
    await closed(server.sockets)
  })

  it.each([
    ['ends', (socket: Socket) => void socket.end()],
    ['is reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])('that %s before the answer is an answer that did not come: nothing is sent again', async (_, drop) => {
    let requests = 0
    await using server = await listening(
      createServer((socket) => {
        socket.on('error', () => {})
        socket.on('data', () => {
          requests++
          drop(socket)
        })
      }),
    )
    for (const headers of [{}, { 'idempotency-key': '1' }])
      expect(await server.http('GET', '/', { headers })).toMatchObject({ status: 0, error: 'reset' })
    expect(requests).toBe(2)
  })
})

async function closed(sockets: ReadonlySet<Socket>): Promise<void> {
  await Promise.all([...sockets].map((socket) => socket.destroyed || once(socket, 'close')))
}
