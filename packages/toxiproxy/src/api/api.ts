import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { randomStream } from '../random.ts'
import { bodyTooLarge } from './errors.ts'
import { decode } from './json.ts'
import { failure, plain, type Reply, send } from './reply.ts'
import type { Route } from './route.ts'
import { type ApiOptions, routesOf } from './routes.ts'

const BODY_LIMIT_BYTES = 1024 * 1024
/** As Go's server does. */
const DRAIN_BYTES = 256 * 1024

/** The HTTP API of Toxiproxy 2.12.0, status by status and byte by byte. */
export function createApi(options: ApiOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = routesOf(options)
  const inTurn = createTurns()
  const limitBytes = options.strict ? Number.POSITIVE_INFINITY : BODY_LIMIT_BYTES
  /** Of each connection the answer under way: a request sent behind another one sees what that one did. */
  const answering = new WeakMap<Socket, Promise<void>>()

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = pathOf(request)
    const route = routeOf(request, path)
    if ('status' in route) {
      await drain(request)
      send(response, route)
      return
    }
    response.setHeader('X-Toxiproxy-Request-Id', requestId())
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      await drain(request)
      send(response, plain(403, 'User agent not allowed'))
      return
    }
    const text = await read(request, limitBytes)
    const { proxy = '', toxic = '' } = route.path.exec(path)?.groups ?? {}
    const query = new URLSearchParams(request.url?.split('?', 2)[1])
    const handle = async () => route.handle({ proxy, toxic, query, body: () => decode(text) })
    const reply = request.method === 'GET' ? await handle() : await inTurn(handle)
    if (typeof reply === 'function') reply(response)
    else send(response, reply)
  }

  /** Or what to answer where there is none. */
  function routeOf({ method = '' }: IncomingMessage, path: string): Route | Reply {
    if (path !== cleaned(path)) return { status: 301, location: cleaned(path) }
    const matching = routes.filter((route) => route.path.test(path))
    if (matching.length === 0) return plain(404, '404 page not found')
    return matching.find(({ methods }) => methods.includes(method)) ?? { status: 405 }
  }

  return (request, response) => {
    const before = answering.get(request.socket) ?? Promise.resolve()
    const answered = before
      .then(() => answer(request, response))
      .catch((error: Error) => send(response, failure(error)))
    answering.set(request.socket, answered)
  }
}

/** Changes are made one after the other, in the order in which they came. */
function createTurns(): <T>(change: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (change) => {
    const turn = last.then(change)
    last = turn.catch(() => {})
    return turn
  }
}

async function read(request: IncomingMessage, limitBytes: number): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > limitBytes) throw bodyTooLarge(limitBytes)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Reads a body that nobody wants, so that the connection can go on; one that is too long ends it. */
async function drain(request: IncomingMessage): Promise<void> {
  let bytes = 0
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > DRAIN_BYTES) return
  }
}

function pathOf(request: IncomingMessage): string {
  const [path = '/'] = (request.url ?? '/').split('?', 1)
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Without doubled slashes, `.` and `..`; a trailing slash stays. */
function cleaned(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  const slash = path.endsWith('/') && parts.length > 0 ? '/' : ''
  return `/${parts.join('/')}${slash}`
}

const random = randomStream(Math.random())
const requestId = () => Array.from({ length: 20 }, () => Math.floor(random() * 32).toString(32)).join('')
