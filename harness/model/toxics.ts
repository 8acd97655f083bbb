/** A Toxiproxy server as the harness drives it: toxiproxy-node-client with its defects wrapped (see connect.ts). */
export interface ToxiproxyClient {
  readonly url: string
  version(): Promise<string>
  /** Creates a proxy and returns where it listens. `listen` may end in `:0`. */
  createProxy(proxy: {
    name: string
    listen: string
    upstream: string
  }): Promise<{ host: string; port: number }>
  /** Where a proxy leads to, as Toxiproxy knows it: host:port. */
  upstreamOf(proxy: string): Promise<string>
  setEnabled(proxy: string, enabled: boolean): Promise<void>
  addToxic(proxy: string, toxic: ToxicSpec): Promise<void>
  /** Removing a toxic that is not there is not an error. */
  removeToxic(proxy: string, name: string): Promise<void>
  /** Enables every proxy and removes every toxic. */
  reset(): Promise<void>
}

export interface ToxicSpec {
  readonly name: string
  readonly type:
    | 'latency'
    | 'bandwidth'
    | 'slow_close'
    | 'timeout'
    | 'reset_peer'
    | 'slicer'
    | 'limit_data'
    /** The embedded server's own. */
    | 'packet_loss'
  readonly stream: Direction
  readonly toxicity: number
  readonly attributes: Readonly<Record<string, number>>
}

/**
 * What a Toxiproxy server can say itself of what its toxics did, beside what probes see: `events` (the embedded one:
 * each connection that a toxic bites), `metrics` (the real one, started with `-proxy-metrics`: the bytes of each proxy,
 * counted once a connection is over), `none`.
 */
export type WitnessKind = 'events' | 'metrics' | 'none'

export interface Carried {
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** `upstream` is what the client sends, `downstream` what it receives. */
export type Direction = 'upstream' | 'downstream'

/**
 * How a toxic showed itself: it held a chunk or the end back, cut a chunk up, threw data away, ended the stream,
 * answered a request itself.
 */
export type Bite = 'delayed' | 'sliced' | 'dropped' | 'cut' | 'answered'

/** All that a toxic has done on the connections it was on, as the embedded Toxiproxy tells it. */
export interface ToxicTotals {
  /** Connections it was on, and those of them on which it showed itself. */
  readonly connections: number
  readonly bittenConnections: number
  /** Chunks and bytes that came to it. */
  readonly chunks: number
  readonly bytes: number
  readonly delayedChunks: number
  readonly slicedChunks: number
  readonly answeredRequests: number
  readonly droppedBytes: number
  readonly cuts: number
  /** When it first showed itself, epoch ms. Null: it has not. */
  readonly firstBiteAtMs: number | null
}
