import { Connection, type ConnectionHost, type Route } from './connection.ts'
import { addToRecord, type ToxicReport } from './evidence.ts'
import { type Accepted, refuse } from './intake.ts'
import type { Link } from './link.ts'
import type { ProxyContext } from './proxy.ts'
import { randomStream } from './random.ts'
import type { Toxic, ToxicChain } from './toxic-chain.ts'

/** The connections of one proxy. */
export interface ProxyConnections {
  /** Those whose sockets are not both closed. */
  open(): Iterable<Connection>
  take(accepted: Accepted, route: Route): void
  /** Changes each link that a toxic stands on. */
  forLinks(toxic: Toxic, change: (link: Link) => void): void
  /** What a toxic has done since it was added. */
  reportOf(toxic: Toxic): ToxicReport
  /** Closes both sockets of each, and turns away whoever waits to be dialled for. */
  closeAll(): Promise<void>
}

export function createProxyConnections(
  name: string,
  toxics: ToxicChain,
  { strict, seed, evidence, log, connectionEnded }: ProxyContext,
): ProxyConnections {
  const crowd = createCrowd()
  const connections = crowd.open
  let opened = 0
  const turns = createTurns()

  const host: ConnectionHost = {
    strict,
    toxics,
    evidence,
    log,
    randomFor: (ordinal, { stream, name: toxic }) =>
      strict ? Math.random : randomStream(seed, name, ordinal, stream, toxic),
    ended: connectionEnded,
    closed: crowd.left,
  }

  const forLinks: ProxyConnections['forLinks'] = (toxic, change) => {
    for (const connection of connections) for (const link of connection.links(toxic)) change(link)
  }

  return {
    open: () => connections,
    forLinks,

    take(accepted, route) {
      if (!strict) connections.add(new Connection(host, opened++, accepted, route))
      else {
        turns.take(
          (dialled) => connections.add(new Connection(host, opened++, accepted, route, dialled)),
          () => refuse(accepted),
        )
      }
    },

    reportOf(toxic) {
      const total = { ...toxic.past }
      forLinks(toxic, (link) => {
        const tally = link.tallyOf(toxic)
        if (tally !== undefined) addToRecord(total, tally)
      })
      return { proxy: name, name: toxic.name, type: toxic.type.type, stream: toxic.stream, ...total }
    },

    async closeAll() {
      turns.cancel()
      for (const connection of connections) connection.destroy()
      await crowd.gone()
    },
  }
}

/** Those that are open, and word of when none is. */
function createCrowd() {
  const open = new Set<Connection>()
  let emptied: PromiseWithResolvers<void> | undefined
  return {
    open,

    left(connection: Connection) {
      open.delete(connection)
      if (open.size > 0) return
      emptied?.resolve()
      emptied = undefined
    },

    async gone() {
      if (open.size === 0) return
      emptied ??= Promise.withResolvers()
      await emptied.promise
    },
  }
}

/** Upstream dials for one client after the other; nothing else waits on this. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  let era = {}
  return {
    /** @param run once all before are done, unless they were cancelled meanwhile: then `cancelled` */
    take(run: (done: () => void) => void, cancelled: () => void) {
      const begun = era
      last = last.then(async () => {
        if (begun !== era) {
          cancelled()
          return
        }
        const done = Promise.withResolvers<void>()
        run(done.resolve)
        await done.promise
      })
    },

    /** For all who wait. */
    cancel() {
      era = {}
    },
  }
}
