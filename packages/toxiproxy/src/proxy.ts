import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { bindHost, bindsTheSame, formatAddress, parseAddress, resolveAddress } from './address.ts'
import { Connection, type ConnectionHost, type Route } from './connection.ts'
import type { Evidence, ToxicReport } from './evidence.ts'
import { addToRecord } from './evidence.ts'
import { type Accepted, accept, refuse } from './intake.ts'
import type { Link } from './link.ts'
import type { Log } from './log.ts'
import { randomStream } from './random.ts'
import { createToxicChain, type Toxic, type ToxicChain } from './toxic-chain.ts'

const BACKLOG = 4096

const BIND_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'bind: address already in use',
  EADDRNOTAVAIL: 'bind: cannot assign requested address',
  EACCES: 'bind: permission denied',
}

export interface ProxySettings {
  readonly listen: string
  readonly upstream: string
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
  differsFrom(settings: Pick<ProxySettings, 'listen' | 'upstream'>): Promise<boolean>
}

export function createProxy(
  name: string,
  addresses: { readonly listen: string; readonly upstream: string },
  context: ProxyContext,
): TcpProxy {
  const { strict, seed, evidence, log } = context
  let { listen, upstream } = addresses
  let route: Route = { listener: listen, proxy: name, upstream }
  let server: Server | undefined
  let opened = 0
  /** Upstream dials for one client after the other; nothing else waits on this. */
  let dialling: Promise<unknown> = Promise.resolve()
  const connections = new Set<Connection>()
  /** Resolves when the last connection is closed, while somebody waits for that. */
  let emptied: PromiseWithResolvers<void> | undefined

  const forLinks = (toxic: Toxic, change: (link: Link) => void) => {
    for (const connection of connections) for (const link of connection.links(toxic)) change(link)
  }
  const toxics = createToxicChain({
    added: (toxic) => forLinks(toxic, (link) => link.add(toxic)),
    updated: (toxic) => forLinks(toxic, (link) => link.update(toxic)),
    removed(toxic) {
      forLinks(toxic, (link) => link.remove(toxic))
      evidence.emit('removed', () => ({ toxic: reportOf(toxic) }))
    },
  })

  function reportOf(toxic: Toxic): ToxicReport {
    const total = { ...toxic.past }
    forLinks(toxic, (link) => {
      const tally = link.tallyOf(toxic)
      if (tally !== undefined) addToRecord(total, tally)
    })
    return { proxy: name, name: toxic.name, type: toxic.type.type, stream: toxic.stream, ...total }
  }

  /** The same object for as long as it is the same route. */
  function routeNow(): Route {
    if (route.listener !== listen || route.upstream !== upstream) {
      route = { listener: listen, proxy: name, upstream }
    }
    return route
  }

  const host: ConnectionHost = {
    strict,
    toxics,
    evidence,
    log,
    randomFor: (ordinal, { stream, name: toxic }) =>
      strict ? Math.random : randomStream(seed, name, ordinal, stream, toxic),
    ended: context.connectionEnded,
    closed(connection) {
      connections.delete(connection)
      if (connections.size === 0) emptied?.resolve()
    },
  }

  function take(accepted: Accepted) {
    if (!strict) {
      connections.add(new Connection(host, opened++, accepted, routeNow()))
      return
    }
    const listener = server
    dialling = dialling.then(async () => {
      if (listener !== server) {
        refuse(accepted)
        return
      }
      const dialled = Promise.withResolvers<void>()
      connections.add(new Connection(host, opened++, accepted, routeNow(), dialled.resolve))
      await dialled.promise
    })
  }

  async function start() {
    if (server !== undefined) return
    const starting = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
    listen = await bind(starting, listen)
    accept(starting, take, (error) => log(`proxy ${name}: a client could not be accepted: ${error.message}`))
    server = starting
  }

  async function stop() {
    server?.close()
    server = undefined
    if (connections.size === 0) return
    emptied ??= Promise.withResolvers()
    for (const connection of connections) connection.destroy()
    await emptied.promise
    emptied = undefined
  }

  async function differsFrom(other: Pick<ProxySettings, 'listen' | 'upstream'>) {
    const wanted = await resolveAddress(other.listen)
    const same = strict ? wanted === listen : bindsTheSame(wanted, listen)
    return !same || other.upstream !== upstream
  }

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
    connections: () => connections,
    toxicReports: () => toxics.list().map(reportOf),
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
