import { Socket } from 'node:net'
import { formatAddress, parseAddress } from './address.ts'
import { type Bite, type ConnectionReport, createTally, type Evidence, nowMs } from './evidence.ts'
import { type Accepted, acceptInto, dialInto, Intake } from './intake.ts'
import { Link, type LinkContext } from './link.ts'
import type { Log } from './log.ts'
import { tookLastFile } from './open-files.ts'
import type { Random } from './random.ts'
import { type Stream, streams } from './stream.ts'
import type { Place } from './stub.ts'
import { onBoth, type Toxic, type ToxicChain } from './toxic-chain.ts'
import { resetPeer } from './toxics/reset_peer.ts'

const NOTHING = Buffer.alloc(0)

const OUT_OF_FILES =
  'too many open files: whoever connects now is closed at once. Raise the limit (ulimit -n) or close connections'

/** Which proxy a connection came by, and how that was set when it came. */
export interface Route {
  readonly listener: string
  readonly proxy: string
  readonly upstream: string
}

/** What the connections of a proxy have in common. */
export interface ConnectionHost {
  readonly strict: boolean
  readonly toxics: ToxicChain
  readonly evidence: Evidence
  readonly log: Log
  /** The randomness of a toxic on the connection of this number. */
  randomFor(ordinal: number, toxic: Toxic): Random
  /** A connection that had reached its upstream is over, and can still report. */
  ended(connection: Connection): void
  /** Both sockets are closed, whether the upstream was reached or not. */
  closed(connection: Connection): void
}

/**
 * A client and the upstream dialled for it, linked in both directions. A class, and callbacks that connections share,
 * since each closure would be made anew for thousands of connections a second.
 */
export class Connection implements LinkContext {
  readonly route: Route
  readonly strict: boolean
  private readonly host: ConnectionHost
  private readonly ordinal: number
  private readonly client: Socket
  private readonly upstream: Socket
  private readonly openedAtMs = nowMs()
  /** Undefined until the upstream is reached, and once it is closed. */
  private linked: Readonly<Record<Stream, Link>> | undefined
  /** Toxics that come from here on find it open. */
  private isStarted = false
  /** Of toxics that stand on both links. */
  private places: Map<Toxic, Place> | undefined
  private lingerless = false
  private reached = false
  private openSockets = 2

  /**
   * Dials at once.
   * @param ordinal how many connections its proxy had before
   * @param dialled told once the upstream is reached, or cannot be; the client is closed then
   */
  constructor(host: ConnectionHost, ordinal: number, accepted: Accepted, route: Route, dialled?: () => void) {
    this.host = host
    this.strict = host.strict
    this.ordinal = ordinal
    this.route = route
    const fromClient = new Intake(host.toxics.on('upstream').length > 0)
    const fromUpstream = new Intake(host.toxics.on('downstream').length > 0)
    this.client = acceptInto(fromClient, accepted)
    this.upstream = dial(fromUpstream, route.upstream)
    // What failed shows as 'close', which is what matters here.
    this.client.on('error', ignore)
    this.upstream.on('error', (error) => {
      if (!this.reached) this.log(`${route.upstream} could not be reached: ${error.message}`)
    })
    this.client.on('close', () => this.socketClosed())
    this.upstream.on('connect', () => {
      this.reached = true
      if (tookLastFile(this.upstream)) this.log(OUT_OF_FILES)
      this.link(fromClient, fromUpstream)
      dialled?.()
    })
    this.upstream.on('close', (failed) => {
      if (!this.reached) {
        this.notReached(failed)
        dialled?.()
      }
      this.socketClosed()
    })
  }

  /** The proxy's name, a slash, and how many connections it had before. */
  get id(): string {
    return `${this.route.proxy}/${this.ordinal}`
  }

  /** Those that a toxic stands on. None until the upstream is reached. */
  links(toxic: Toxic): readonly Link[] {
    if (this.linked === undefined) return []
    return onBoth(toxic) ? [this.linked.upstream, this.linked.downstream] : [this.linked[toxic.stream]]
  }

  /** Undefined until the upstream is reached, and once it is closed. */
  report(): ConnectionReport | undefined {
    if (this.linked === undefined) return undefined
    return {
      id: this.id,
      ...this.route,
      client: this.clientAddress(),
      openedAtMs: this.openedAtMs,
      streams: { upstream: this.linked.upstream.report(), downstream: this.linked.downstream.report() },
    }
  }

  /** Closes both sockets at once, whatever is still on its way. */
  destroy(): void {
    for (const stream of streams) this.linked?.[stream].abandon()
    this.client.destroy()
    this.upstream.destroy()
  }

  // As the context of its links

  randomFor(toxic: Toxic): Random {
    return this.host.randomFor(this.ordinal, toxic)
  }

  placeOf(toxic: Toxic): Place {
    const place = this.places?.get(toxic) ?? {
      memory: { bytesPassed: 0, isOpen: this.isStarted },
      tally: createTally(),
    }
    if (onBoth(toxic)) {
      this.places ??= new Map()
      this.places.set(toxic, place)
    }
    return place
  }

  bitten({ name, type, stream }: Toxic, how: Bite): void {
    this.host.evidence.emit('bite', () => ({
      id: this.id,
      client: this.clientAddress(),
      toxic: name,
      type: type.type,
      stream,
      how,
    }))
  }

  close(socket: Socket): void {
    if (this.lingerless) resetSocket(socket)
    else if (socket.writableEnded) socket.destroySoon()
    else if (socket.writableLength === 0) socket.destroy()
    // Not ended before it is destroyed: what its peer still sends is then answered by a reset, as a plain close does.
    else socket.write(NOTHING, () => socket.destroy())
  }

  reset(): void {
    resetSocket(this.client)
    resetSocket(this.upstream)
  }

  private link(fromClient: Intake, fromUpstream: Intake): void {
    const { toxics, evidence } = this.host
    // Upstream decides when a connection starts that its sockets are to be reset whenever they close.
    this.lingerless =
      this.strict && streams.some((stream) => toxics.on(stream).some(({ type }) => type === resetPeer))
    this.linked = {
      upstream: new Link('upstream', this.client, fromClient, this.upstream, this),
      downstream: new Link('downstream', this.upstream, fromUpstream, this.client, this),
    }
    for (const stream of streams) this.linked[stream].start(toxics.on(stream))
    this.isStarted = true
    evidence.emit('opened', () => ({ connection: this.report()! }))
  }

  private notReached(failed: boolean): void {
    this.client.destroy()
    if (failed) this.host.evidence.emit('unreachable', () => ({ id: this.id, upstream: this.route.upstream }))
  }

  private socketClosed(): void {
    if (--this.openSockets > 0) return
    if (this.linked !== undefined) {
      this.host.ended(this)
      this.host.evidence.emit('closed', () => ({ connection: this.report()! }))
      for (const stream of streams) this.linked[stream].retire()
      this.linked = undefined
    }
    this.host.closed(this)
  }

  private log(what: string): void {
    this.host.log(`proxy ${this.route.proxy}: ${what}`)
  }

  private clientAddress(): string {
    const { remoteAddress: host = '', remotePort: port = 0 } = this.client
    return host === '' ? '' : formatAddress({ host, port })
  }
}

function ignore() {}

function resetSocket(socket: Socket) {
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
