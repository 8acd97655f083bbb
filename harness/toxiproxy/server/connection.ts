import { Socket } from 'node:net'
import { formatAddress, parseAddress } from './address.ts'
import { type ConnectionReport, createTally, type Evidence, nowMs } from './evidence.ts'
import { dialInto, Intake } from './intake.ts'
import { Link, type LinkContext } from './link.ts'
import type { Random } from './random.ts'
import { type Stream, streams } from './stream.ts'
import type { Place } from './stub.ts'
import { onBoth, type Toxic, type ToxicChain } from './toxic-chain.ts'
import { resetPeer } from './toxics/reset_peer.ts'

/** Which proxy a connection came by, and how that was set when it came. */
export interface Route {
  readonly listener: string
  readonly proxy: string
  readonly upstream: string
}

export interface ConnectionOptions {
  readonly id: string
  readonly client: Socket
  /** What the client is read into. */
  readonly fromClient: Intake
  readonly route: Route
  readonly toxics: ToxicChain
  readonly strict: boolean
  readonly evidence: Evidence
  /** The randomness of a toxic on this connection. */
  randomFor(toxic: Toxic): Random
  /** Told when a connection that had reached its upstream is over, while it can still report. */
  ended(connection: Connection): void
}

export interface Connection {
  /** Resolves to whether the upstream could be reached. If not, the client is closed. */
  readonly dialled: Promise<boolean>
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<void>
  readonly route: Route
  /** Those that a toxic stands on. None until the upstream is reached. */
  links(toxic: Toxic): readonly Link[]
  /** Undefined until the upstream is reached, and once it is closed. */
  report(): ConnectionReport | undefined
  /** Closes both sockets at once, whatever is still on its way. */
  destroy(): void
}

/** Dials the upstream for a client that was accepted, paused and half-open, and links the two. */
export function openConnection(options: ConnectionOptions): Connection {
  const { id, client, fromClient, route, toxics, strict, evidence } = options
  const openedAtMs = nowMs()
  const fromUpstream = new Intake(toxics.on('downstream').length > 0)
  const upstream = dial(fromUpstream, route.upstream)
  const dialled = Promise.withResolvers<boolean>()
  const closed = Promise.withResolvers<void>()
  let links: Record<Stream, Link> | undefined
  /** Of toxics that stand on both links. */
  let places: Map<Toxic, Place> | undefined
  let reached = false
  let openSockets = 2

  for (const socket of [client, upstream]) {
    // What failed shows as 'close', which is what matters here.
    socket.on('error', () => {})
    socket.once('close', () => {
      if (--openSockets === 0) finish()
    })
  }
  upstream.once('connect', () => {
    reached = true
    start()
    dialled.resolve(true)
  })
  upstream.once('close', (failed) => {
    if (!reached) client.destroy()
    if (!reached && failed) {
      evidence.emit('unreachable', () => ({ id, upstream: route.upstream }))
    }
    dialled.resolve(false)
  })

  function start() {
    // Upstream decides when a connection starts that its sockets are to be reset whenever they close.
    const lingerless =
      strict && streams.some((stream) => toxics.on(stream).some(({ type }) => type === resetPeer))
    const context: LinkContext = {
      strict,
      randomFor: options.randomFor,
      placeOf,
      bitten: ({ name, type, stream }, how) =>
        evidence.emit('bite', () => ({
          id,
          client: clientAddress(),
          toxic: name,
          type: type.type,
          stream,
          how,
        })),
      close: (socket) => (lingerless ? reset(socket) : socket.destroySoon()),
      reset() {
        reset(client)
        reset(upstream)
      },
    }
    links = {
      upstream: new Link('upstream', client, fromClient, upstream, context),
      downstream: new Link('downstream', upstream, fromUpstream, client, context),
    }
    for (const stream of streams) links[stream].start(toxics.on(stream))
    evidence.emit('opened', () => ({ connection: report()! }))
  }

  function placeOf(toxic: Toxic): Place {
    const place = places?.get(toxic) ?? { memory: { bytesPassed: 0 }, tally: createTally() }
    if (onBoth(toxic)) {
      places ??= new Map()
      places.set(toxic, place)
    }
    return place
  }

  function finish() {
    if (links !== undefined) {
      options.ended(connection)
      evidence.emit('closed', () => ({ connection: report()! }))
      for (const stream of streams) links[stream].retire()
      links = undefined
    }
    closed.resolve()
  }

  function clientAddress(): string {
    const { remoteAddress: host = '', remotePort: port = 0 } = client
    return host === '' ? '' : formatAddress({ host, port })
  }

  function report(): ConnectionReport | undefined {
    if (links === undefined) return undefined
    return {
      id,
      ...route,
      client: clientAddress(),
      openedAtMs,
      streams: { upstream: links.upstream.report(), downstream: links.downstream.report() },
    }
  }

  const connection: Connection = {
    route,
    dialled: dialled.promise,
    closed: closed.promise,
    links(toxic) {
      if (links === undefined) return []
      return onBoth(toxic) ? [links.upstream, links.downstream] : [links[toxic.stream]]
    },
    report,
    destroy() {
      for (const stream of streams) links?.[stream].abandon()
      client.destroy()
      upstream.destroy()
    },
  }
  return connection
}

function reset(socket: Socket) {
  // While its end waits to be sent, a socket cannot be reset: libuv refuses, and Node would leave it open.
  if (socket.writableEnded && !socket.writableFinished) socket.destroy()
  else socket.resetAndDestroy()
}

function dial(intake: Intake, upstream: string): Socket {
  try {
    return dialInto(intake, parseAddress(upstream))
  } catch (error) {
    return new Socket().destroy(error as Error)
  }
}
