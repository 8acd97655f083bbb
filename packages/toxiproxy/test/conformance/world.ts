import { expect } from 'vitest'
import { dial, type Peer, startUpstream, type Upstream } from './peer.ts'
import type { RunningServer, Subject } from './subjects.ts'

/** A body is sent as it is when it is a text, else as JSON. */
export type Body = string | object

export interface Reply {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the tests are about
  readonly json: any
}

export interface TestProxy {
  readonly name: string
  readonly listen: string
  readonly upstream: Upstream
  /** A client and the connection that the upstream got for it. */
  connect(): Promise<{ client: Peer; server: Peer }>
  toxic(body: object): Promise<Reply>
  path: string
}

/** What a case has at hand: one server, and the means to talk to it and through it. */
export interface World extends AsyncDisposable {
  readonly subject: Subject
  readonly server: RunningServer
  api(method: string, path: string, body?: Body, headers?: Record<string, string>): Promise<Reply>
  /** As `api`, and fails unless the status is the one expected. */
  ask(status: number, method: string, path: string, body?: Body): Promise<Reply>
  /** Fails unless the answer is upstream's error, to the byte. */
  refuse(status: number, error: string | RegExp, method: string, path: string, body?: Body): Promise<void>
  upstream(options?: { echo?: boolean }): Promise<Upstream>
  proxy(options?: { echo?: boolean }): Promise<TestProxy>
  dial(address: string): Promise<Peer>
  /** Whether something listens there. */
  isUp(address: string): Promise<boolean>
}

let serial = 0

export function createWorld(subject: Subject, server: RunningServer): World {
  const cleanup = new AsyncDisposableStack()
  const client = createClient(server)

  async function upstream(options?: { echo?: boolean }): Promise<Upstream> {
    return cleanup.use(await startUpstream(options))
  }

  async function connectTo(address: string): Promise<Peer> {
    const peer = await dial(address)
    cleanup.defer(() => void peer.socket.destroy())
    return peer
  }

  return {
    subject,
    server,
    ...client,
    upstream,
    dial: connectTo,

    async proxy(options) {
      const target = await upstream(options)
      const name = `proxy-${++serial}`
      const { json } = await client.ask(201, 'POST', '/proxies', {
        name,
        listen: '127.0.0.1:0',
        upstream: target.address,
      })
      const path = `/proxies/${name}`
      return {
        name,
        listen: json.listen,
        upstream: target,
        path,
        toxic: (body) => client.ask(200, 'POST', `${path}/toxics`, body),
        async connect() {
          const client = await connectTo(json.listen)
          return { client, server: await target.next() }
        },
      }
    },

    async isUp(address) {
      try {
        const { socket } = await dial(address)
        socket.destroy()
        return true
      } catch {
        return false
      }
    },

    [Symbol.asyncDispose]: () => cleanup.disposeAsync(),
  }
}

/** The means to talk to a server. */
function createClient(server: RunningServer): Pick<World, 'api' | 'ask' | 'refuse'> {
  async function api(
    method: string,
    path: string,
    body?: Body,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'user-agent': 'conformance', ...headers },
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    let parsed: unknown
    try {
      parsed = JSON.parse(text)
    } catch {}
    return { status: response.status, text, headers: response.headers, json: parsed }
  }

  return {
    api,

    async ask(status, method, path, body) {
      const reply = await api(method, path, body)
      expect(`${reply.status} ${reply.text}`, `${method} ${path}`).toMatch(new RegExp(`^${status} `))
      return reply
    },

    async refuse(status, error, method, path, body) {
      const reply = await api(method, path, body)
      if (typeof error === 'string') {
        expect(reply.text).toBe(`${JSON.stringify({ error, status })}\n`)
      } else {
        expect(reply.json?.error).toMatch(error)
        expect(reply.json?.status).toBe(status)
      }
      expect(reply.status).toBe(status)
      expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(reply.headers.get('x-content-type-options')).toBe('nosniff')
    },
  }
}
