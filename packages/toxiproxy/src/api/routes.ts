import type { Evidence } from '../evidence.ts'
import type { Metrics } from '../metrics.ts'
import type { Proxies, ProxyWanted } from '../proxies.ts'
import type { TcpProxy } from '../proxy.ts'
import type { Toxic, ToxicTypes } from '../toxic-chain.ts'
import { proxyExists, proxyNotFound, toxicNotFound } from './errors.ts'
import { encode } from './json.ts'
import { ownRoutes } from './own-routes.ts'
import { readProxies, readProxy, readProxyChange } from './read-proxy.ts'
import { readToxic, readToxicChange } from './read-toxic.ts'
import { json, type Reply, shownError, shownProxy, shownToxic } from './reply.ts'
import type { Route } from './route.ts'

/** The release whose protocol this server speaks. Clients read it to know what they may ask for. */
export const PROTOCOL_VERSION = '2.12.0'

export interface ApiOptions {
  readonly proxies: Proxies
  /** The toxics that there are. */
  readonly types: ToxicTypes
  /** Absent: there is no /metrics. */
  readonly metrics?: Metrics | undefined
  readonly evidence: Evidence
  readonly strict: boolean
}

const UPDATE = ['PATCH', 'POST']

export function routesOf(options: ApiOptions): readonly Route[] {
  const { proxies, types, evidence, strict } = options
  return [
    ...proxyRoutes(proxies),
    ...toxicRoutes(proxies, types),
    ...serverRoutes(proxies),
    ...metricsRoutes(options),
    ...(strict ? [] : ownRoutes(proxies, types, evidence)),
  ]
}

function proxyRoutes(proxies: Proxies): readonly Route[] {
  const index = /^\/proxies$/
  const one = /^\/proxies\/(?<proxy>[^/]+)$/
  return [
    {
      methods: ['GET'],
      path: index,
      // Not from an object: JavaScript would move names that are numbers to the front.
      handle: () => ({
        status: 200,
        body: `{${proxies.list().map((proxy) => `${encode(proxy.name)}:${encode(shownProxy(proxy))}`)}}`,
        contentType: 'application/json',
      }),
    },
    {
      methods: ['POST'],
      path: index,
      async handle({ body }) {
        const wanted = readProxy(body())
        if (proxies.find(wanted.name) !== undefined) throw proxyExists()
        return json(201, shownProxy(await proxies.create(wanted)))
      },
    },
    { methods: ['GET'], path: one, handle: ({ proxy }) => json(200, shownProxy(found(proxies, proxy))) },
    {
      methods: UPDATE,
      path: one,
      async handle({ proxy: name, body }) {
        const proxy = found(proxies, name)
        return json(200, shownProxy(await proxies.update(proxy, readProxyChange(body()))))
      },
    },
    {
      methods: ['DELETE'],
      path: one,
      async handle({ proxy }) {
        await proxies.remove(found(proxies, proxy))
        return { status: 204 }
      },
    },
  ]
}

function toxicRoutes(proxies: Proxies, types: ToxicTypes): readonly Route[] {
  const all = /^\/proxies\/(?<proxy>[^/]+)\/toxics$/
  const one = /^\/proxies\/(?<proxy>[^/]+)\/toxics\/(?<toxic>[^/]+)$/
  return [
    {
      methods: ['GET'],
      path: all,
      handle: ({ proxy }) => json(200, found(proxies, proxy).toxics.list().map(shownToxic)),
    },
    {
      methods: ['POST'],
      path: all,
      handle({ proxy, body }) {
        const { toxics } = found(proxies, proxy)
        const wanted = readToxic(body(), types, (name) => toxics.find(name) !== undefined)
        return json(200, shownToxic(toxics.add(wanted)))
      },
    },
    {
      methods: ['GET'],
      path: one,
      handle: ({ proxy, toxic }) => json(200, shownToxic(foundToxic(found(proxies, proxy), toxic))),
    },
    {
      methods: UPDATE,
      path: one,
      handle({ proxy: name, toxic: toxicName, body }) {
        const proxy = found(proxies, name)
        const toxic = foundToxic(proxy, toxicName)
        return json(200, shownToxic(proxy.toxics.update(toxic, readToxicChange(body(), toxic))))
      },
    },
    {
      methods: ['DELETE'],
      path: one,
      handle({ proxy: name, toxic }) {
        const proxy = found(proxies, name)
        proxy.toxics.remove(foundToxic(proxy, toxic))
        return { status: 204 }
      },
    },
  ]
}

function serverRoutes(proxies: Proxies): readonly Route[] {
  return [
    {
      methods: ['POST'],
      path: /^\/populate$/,
      handle: async ({ body }) => populated(proxies, body),
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
}

function metricsRoutes({ metrics, proxies, strict }: ApiOptions): readonly Route[] {
  if (metrics === undefined) return []
  return [
    {
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      path: /^\/metrics$/,
      handle: () => ({
        status: 200,
        body: metrics.render(strict ? [] : proxies.list().flatMap((proxy) => [...proxy.connections()])),
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
      }),
    },
  ]
}

/** What was done before a failure is told beside it, even where that is nothing. */
async function populated(proxies: Proxies, body: () => unknown): Promise<Reply> {
  let wanted: readonly ProxyWanted[]
  try {
    wanted = readProxies(body())
  } catch (error) {
    return json(shownError(error as Error).status, { ...shownError(error as Error), proxies: null })
  }
  const { proxies: done, error } = await proxies.populate(wanted)
  const list = { proxies: done.length > 0 ? done.map(shownProxy) : null }
  if (error === undefined) return json(201, list)
  return json(shownError(error).status, { ...shownError(error), ...list })
}

function found(proxies: Proxies, name: string): TcpProxy {
  const proxy = proxies.find(name)
  if (proxy === undefined) throw proxyNotFound()
  return proxy
}

function foundToxic({ toxics }: TcpProxy, name: string): Toxic {
  const toxic = toxics.find(name)
  if (toxic === undefined) throw toxicNotFound()
  return toxic
}
