/** A toxic to start with, as `POST /proxies/{name}/toxics` takes it. */
export interface ToxicConfig {
  readonly type: string
  /** Default: its type, `_` and its stream. */
  readonly name?: string
  /** Default downstream. */
  readonly stream?: 'upstream' | 'downstream'
  /** The share of connections it applies to. Default 1. */
  readonly toxicity?: number
  readonly attributes?: Readonly<Record<string, number | string>>
}

/** A proxy to start with, as in upstream's `-config` file. */
export interface ProxyConfig {
  readonly name: string
  /** host:port; left out: every interface, any port. */
  readonly listen?: string
  /** host:port */
  readonly upstream: string
  /** Default true. */
  readonly enabled?: boolean
  /** In strict mode they are ignored, as upstream ignores them. */
  readonly toxics?: readonly ToxicConfig[]
}
