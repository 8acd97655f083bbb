import type { IncomingMessage, ServerResponse } from 'node:http'
import { changeTogether } from './changes.ts'
import { ApiError, bodyTooLarge } from './errors.ts'
import { streamEvents } from './event-stream.ts'
import type { Evidence } from './evidence.ts'
import { decode, encode } from './json.ts'
import type { Metrics } from './metrics.ts'
import type { Proxies } from './proxies.ts'
import type { TcpProxy } from './proxy.ts'
import { randomStream } from './random.ts'
import type { Toxic } from './toxic-chain.ts'

/** The release whose protocol this server speaks. Clients read it to know what they may ask for. */
const PROTOCOL_VERSION = '2.12.0'
const BODY_LIMIT_BYTES = 1024 * 1024

interface Reply {
  readonly status: number
  readonly body?: string
  readonly contentType?: string
}

/** An answer that goes on: it writes to the response itself. */
type Stream = (response: ServerResponse) => void

interface Request {
  readonly query: URLSearchParams
  readonly proxy: string
  readonly toxic: string
  /** @throws ApiError 400 when it is not JSON */
  body(): unknown
}

interface Route {
  readonly methods: readonly string[]
  readonly path: RegExp
  handle(request: Request): Reply | Stream | Promise<Reply>
}

export interface ApiOptions {
  readonly proxies: Proxies
  /** Absent: there is no /metrics. */
  readonly metrics?: Metrics | undefined
  readonly evidence: Evidence
  readonly strict: boolean
}

/** The HTTP API of Toxiproxy 2.12.0, status by status and byte by byte. */
export function createApi(options: ApiOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = routesOf(options)
  const inTurn = createTurns()

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const path = pathOf(request)
    if (path !== cleaned(path)) {
      response.writeHead(301, { Location: cleaned(path) }).end()
      return
    }
    const matching = routes.filter((route) => route.path.test(path))
    if (matching.length === 0) {
      send(response, plain(404, '404 page not found'))
      return
    }
    const route = matching.find(({ methods }) => methods.includes(request.method ?? ''))
    if (route === undefined) {
      send(response, { status: 405 })
      return
    }
    response.setHeader('X-Toxiproxy-Request-Id', requestId())
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      send(response, plain(403, 'User agent not allowed'))
      return
    }
    const text = await read(request, options.strict ? Number.POSITIVE_INFINITY : BODY_LIMIT_BYTES)
    const { proxy = '', toxic = '' } = route.path.exec(path)?.groups ?? {}
    const query = new URLSearchParams(request.url?.split('?', 2)[1])
    const handle = async () => route.handle({ proxy, toxic, query, body: () => decode(text) })
    const reply = request.method === 'GET' ? await handle() : await inTurn(handle)
    if (typeof reply === 'function') reply(response)
    else send(response, reply)
  }

  return (request, response) => {
    answer(request, response).catch((error: Error) => send(response, failure(error)))
  }
}

function routesOf({ proxies, metrics, evidence, strict }: ApiOptions): readonly Route[] {
  const index = /^\/proxies$/
  const one = /^\/proxies\/(?<proxy>[^/]+)$/
  const toxics = /^\/proxies\/(?<proxy>[^/]+)\/toxics$/
  const oneToxic = /^\/proxies\/(?<proxy>[^/]+)\/toxics\/(?<toxic>[^/]+)$/
  const update = ['PATCH', 'POST']

  const routes: Route[] = [
    {
      methods: ['GET'],
      path: index,
      // Not from an object: JavaScript would move names that are numbers to the front.
      handle: () => ({
        status: 200,
        body: `{${proxies.list().map((proxy) => `${encode(proxy.name)}:${encode(shown(proxy))}`)}}`,
        contentType: 'application/json',
      }),
    },
    {
      methods: ['POST'],
      path: index,
      handle: async ({ body }) => json(201, shown(await proxies.create(body()))),
    },
    {
      methods: ['POST'],
      path: /^\/populate$/,
      async handle({ body }) {
        const { proxies: done, error } = await proxies.populate(body)
        const list = { proxies: done.length > 0 ? done.map(shown) : null }
        return error === undefined ? json(201, list) : json(error.status, { ...shownError(error), ...list })
      },
    },
    { methods: ['GET'], path: one, handle: ({ proxy }) => json(200, shown(proxies.find(proxy))) },
    {
      methods: update,
      path: one,
      async handle({ proxy, body }) {
        const found = proxies.find(proxy)
        return json(200, shown(await proxies.update(found, body())))
      },
    },
    {
      methods: ['DELETE'],
      path: one,
      async handle({ proxy }) {
        await proxies.remove(proxy)
        return { status: 204 }
      },
    },
    {
      methods: ['GET'],
      path: toxics,
      handle: ({ proxy }) => json(200, proxies.find(proxy).toxics.list().map(shownToxic)),
    },
    {
      methods: ['POST'],
      path: toxics,
      handle: ({ proxy, body }) => json(200, shownToxic(proxies.find(proxy).toxics.add(body()))),
    },
    {
      methods: ['GET'],
      path: oneToxic,
      handle: ({ proxy, toxic }) => json(200, shownToxic(proxies.find(proxy).toxics.find(toxic))),
    },
    {
      methods: update,
      path: oneToxic,
      handle({ proxy, toxic, body }) {
        const { toxics } = proxies.find(proxy)
        const found = toxics.find(toxic)
        return json(200, shownToxic(toxics.update(found, body())))
      },
    },
    {
      methods: ['DELETE'],
      path: oneToxic,
      handle({ proxy, toxic }) {
        const { toxics } = proxies.find(proxy)
        toxics.remove(toxics.find(toxic))
        return { status: 204 }
      },
    },
    {
      methods: ['POST'],
      path: /^\/reset$/,
      async handle() {
        await proxies.reset()
        return { status: 204 }
      },
    },
    {
      methods: ['GET'],
      path: /^\/version$/,
      handle: () => ({
        status: 200,
        body: `{"version": "${PROTOCOL_VERSION}"}\n`,
        contentType: 'application/json;charset=utf-8',
      }),
    },
  ]
  if (metrics !== undefined) {
    routes.push({
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      path: /^\/metrics$/,
      handle: () => ({
        status: 200,
        body: metrics.render(strict ? [] : proxies.list().flatMap((proxy) => [...proxy.connections()])),
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
      }),
    })
  }
  if (!strict) routes.push(...ownRoutes(proxies, evidence))
  return routes
}

/** What upstream has nothing like: changes made together, and what the toxics have done, as it stands and happens. */
function ownRoutes(proxies: Proxies, evidence: Evidence): readonly Route[] {
  return [
    {
      methods: ['POST'],
      path: /^\/toxics$/,
      handle: ({ body }) => json(200, { proxies: changeTogether(proxies, body()).map(shown) }),
    },
    {
      methods: ['GET'],
      path: /^\/connections$/,
      handle: () =>
        json(200, {
          connections: proxies
            .list()
            .flatMap((proxy) => [...proxy.connections()])
            .flatMap((connection) => connection.report() ?? []),
          toxics: proxies.list().flatMap((proxy) => proxy.toxicReports()),
        }),
    },
    {
      methods: ['GET'],
      path: /^\/events$/,
      handle:
        ({ query }) =>
        (response) =>
          streamEvents(evidence, query.getAll('event'), response),
    },
  ]
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

function shown({ name, listen, upstream, enabled, toxics }: TcpProxy) {
  // Go's logger shows through as an empty object, and typed clients expect the key.
  return { name, listen, upstream, enabled, Logger: {}, toxics: toxics.list().map(shownToxic) }
}

function shownToxic({ attributes, name, type, streamSpelt, toxicity }: Toxic) {
  return { attributes, name, type: type.type, stream: streamSpelt, toxicity }
}

function shownError({ message, status }: ApiError) {
  return { error: message, status }
}

function json(status: number, value: unknown): Reply {
  return { status, body: encode(value), contentType: 'application/json' }
}

function plain(status: number, text: string): Reply {
  return { status, body: `${text}\n`, contentType: 'text/plain; charset=utf-8' }
}

function failure(error: Error): Reply {
  const known = error instanceof ApiError ? error : new ApiError(500, error.message)
  return plain(known.status, encode(shownError(known)))
}

function send(response: ServerResponse, { status, body, contentType }: Reply) {
  if (contentType !== undefined) response.setHeader('Content-Type', contentType)
  if (contentType?.startsWith('text/plain;') && status >= 400) {
    response.setHeader('X-Content-Type-Options', 'nosniff')
  }
  if (body !== undefined) response.setHeader('Content-Length', Buffer.byteLength(body))
  // Otherwise a body that was refused unread would be taken for the next request.
  if (!response.req.complete) response.setHeader('Connection', 'close')
  response.writeHead(status).end(body)
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
