import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { bindHost, bindsTheSame, formatAddress, parseAddress, resolveAddress } from './address.ts'
import type { Connection, Route } from './connection.ts'
import type { Evidence, ToxicReport } from './evidence.ts'
import { accept } from './intake.ts'
import type { Log } from './log.ts'
import { createProxyConnections, type ProxyConnections } from './proxy-connections.ts'
import { createToxicChain, type ToxicChain } from './toxic-chain.ts'

const BACKLOG = 4096

const BIND_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
}

export interface Addresses {
  readonly listen: string
  readonly upstream: string
}

export interface ProxySettings extends Addresses {
  readonly enabled: boolean
}

/** What all proxies of a server have in common. */
export interface ProxyContext {
  readonly strict: boolean
  readonly seed: string | number
  readonly evidence: Evidence
  readonly log: Log
  connectionEnded(connection: Connection): void
}

export interface TcpProxy {
  readonly name: string
  readonly listen: string
  readonly upstream: string
  readonly enabled: boolean
  readonly toxics: ToxicChain
  connections(): Iterable<Connection>
  /** What each toxic has done since it was added. */
  toxicReports(): ToxicReport[]
  /** Starts to listen, unless it does. @throws Error worded as Go words it when the address cannot be bound */
  start(): Promise<void>
  /** Stops listening and closes both sockets of every connection. */
  stop(): Promise<void>
  /** @throws Error when `listen` cannot be parsed (nothing has changed) or bound (the proxy is left disabled) */
  update(settings: ProxySettings): Promise<void>
  /** Whether its addresses are other ones; names are looked up first. @throws Error when `listen` cannot be parsed */
  differsFrom(addresses: Addresses): Promise<boolean>
}

export function createProxy(name: string, addresses: Addresses, context: ProxyContext): TcpProxy {
  const { strict, log } = context
  let { listen, upstream } = addresses
  const routeNow = createRoutes(name)
  let server: Server | undefined

  const toxics = chainOn(() => connections, context.evidence)
  const connections = createProxyConnections(name, toxics, context)

  async function start() {
    if (server !== undefined) return
    const starting = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
    listen = await bind(starting, listen)
    accept(
      starting,
      (accepted) => connections.take(accepted, routeNow(listen, upstream)),
      (error) => log(`proxy ${name}: a client could not be accepted: ${error.message}`),
    )
    server = starting
  }

  async function stop() {
    server?.close()
    server = undefined
    await connections.closeAll()
  }

  const differsFrom = (other: Addresses) => differ({ listen, upstream }, other, strict)

  return {
    name,
    get listen() {
      return listen
    },
    get upstream() {
      return upstream
    },
    get enabled() {
      return server !== undefined
    },
    toxics,
    connections: connections.open,
    toxicReports: () => toxics.list().map(connections.reportOf),
    start,
    stop,
    differsFrom,

    async update(settings) {
      if (await differsFrom(settings)) {
        await stop()
        listen = settings.listen
        upstream = settings.upstream
      }
      if (settings.enabled) await start()
      else await stop()
    },
  }
}

/** The toxics of a proxy: what happens to them happens on its open connections. */
function chainOn(connections: () => ProxyConnections, evidence: Evidence): ToxicChain {
  return createToxicChain({
    added: (toxic) => connections().forLinks(toxic, (link) => link.add(toxic)),
    updated: (toxic) => connections().forLinks(toxic, (link) => link.update(toxic)),
    removed(toxic) {
      connections().forLinks(toxic, (link) => link.remove(toxic))
      evidence.emit('removed', () => ({ toxic: connections().reportOf(toxic) }))
    },
  })
}

async function differ(present: Addresses, wanted: Addresses, strict: boolean): Promise<boolean> {
  const listen = await resolveAddress(wanted.listen)
  const same = strict ? listen === present.listen : bindsTheSame(listen, present.listen)
  return !same || wanted.upstream !== present.upstream
}

/** Gives the same object for as long as it is the same route. */
function createRoutes(proxy: string): (listener: string, upstream: string) => Route {
  let route: Route | undefined
  return (listener, upstream) => {
    if (route?.listener !== listener || route.upstream !== upstream) route = { listener, proxy, upstream }
    return route
  }
}

/** @returns the address bound */
async function bind(server: Server, listen: string): Promise<string> {
  let resolved = listen
  try {
    resolved = await resolveAddress(listen)
    const { host, port } = parseAddress(resolved)
    server.listen({ host: bindHost(host), port, backlog: BACKLOG })
    await once(server, 'listening')
  } catch (error) {
    const reason = BIND_FAILURES[(error as NodeJS.ErrnoException).code ?? '']
    throw new Error(
      reason === undefined ? `listen tcp: ${(error as Error).message}` : `listen tcp ${resolved}: ${reason}`,
    )
  }
  const { address, port } = server.address() as AddressInfo
  return formatAddress({ host: address, port })
}
