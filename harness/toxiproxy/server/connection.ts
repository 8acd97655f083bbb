import { connect, Socket } from 'node:net'
import { parseAddress } from './address.ts'
import { Link, type LinkContext } from './link.ts'
import type { Random } from './random.ts'
import { type Stream, streams, type Toxic, type ToxicChain } from './toxic-chain.ts'
import { resetPeer } from './toxics/reset_peer.ts'

/** Which proxy a connection came by, and how that was set when it came. */
export interface Route {
  readonly listener: string
  readonly proxy: string
  readonly upstream: string
}

export interface ConnectionOptions {
  readonly client: Socket
  readonly route: Route
  readonly toxics: ToxicChain
  readonly strict: boolean
  /** The randomness of a toxic on this connection. */
  randomFor(toxic: Toxic): Random
}

/** Bytes of one direction: `received` from its source, `sent` to its destination. */
export interface Traffic {
  readonly received: number
  readonly sent: number
}

export interface Connection {
  readonly route: Route
  /** Resolves to whether the upstream could be reached. If not, the client is closed. */
  readonly dialled: Promise<boolean>
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<void>
  /** Undefined until the upstream is reached. */
  link(stream: Stream): Link | undefined
  traffic(stream: Stream): Traffic
  /** Closes both sockets at once, whatever is still on its way. */
  destroy(): void
}

/** Dials the upstream for a client that was accepted, paused and half-open, and links the two. */
export function openConnection(options: ConnectionOptions): Connection {
  const { client, toxics, strict } = options
  const upstream = dial(options.route.upstream)
  const dialled = Promise.withResolvers<boolean>()
  const closed = Promise.withResolvers<void>()
  let links: Record<Stream, Link> | undefined
  let openSockets = 2

  for (const socket of [client, upstream]) {
    // What failed shows as 'close', which is what matters here.
    socket.on('error', () => {})
    socket.once('close', () => {
      if (--openSockets === 0) closed.resolve()
    })
  }
  upstream.once('connect', () => {
    start()
    dialled.resolve(true)
  })
  upstream.once('close', () => {
    if (links === undefined) client.destroy()
    dialled.resolve(false)
  })

  function start() {
    // Upstream decides when a connection starts that its sockets are to be reset whenever they close.
    const lingerless =
      strict && streams.some((stream) => toxics.on(stream).some(({ type }) => type === resetPeer))
    const context: LinkContext = {
      strict,
      randomFor: options.randomFor,
      close: (socket) => (lingerless ? socket.resetAndDestroy() : socket.destroySoon()),
      reset() {
        client.resetAndDestroy()
        upstream.resetAndDestroy()
      },
    }
    links = {
      upstream: new Link(client, upstream, context),
      downstream: new Link(upstream, client, context),
    }
    for (const stream of streams) links[stream].start(toxics.on(stream))
  }

  return {
    route: options.route,
    dialled: dialled.promise,
    closed: closed.promise,
    link: (stream) => links?.[stream],
    traffic: (stream) =>
      stream === 'upstream'
        ? { received: client.bytesRead, sent: upstream.bytesWritten }
        : { received: upstream.bytesRead, sent: client.bytesWritten },
    destroy() {
      for (const stream of streams) links?.[stream].abandon()
      client.destroy()
      upstream.destroy()
    },
  }
}

function dial(upstream: string): Socket {
  try {
    const { host, port } = parseAddress(upstream)
    return connect({ host: host === '' ? 'localhost' : host, port, allowHalfOpen: true, noDelay: true })
  } catch (error) {
    return new Socket().destroy(error as Error)
  }
}
