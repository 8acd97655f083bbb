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
  readonly stream: 'upstream' | 'downstream'
  readonly toxicity: number
  readonly attributes: Readonly<Record<string, number>>
}
