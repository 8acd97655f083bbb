/** `draining` takes no new connection and keeps those it has; `down` drops them too. */
export const backendStates = ['active', 'draining', 'down'] as const

export type BackendState = (typeof backendStates)[number]

/** One server behind the switch. */
export interface Backend {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Its share of new connections, relative to the others'; 0 takes none. */
  weight: number
  /** What the operator wants. */
  state: BackendState
  /** What the health check saw: whether it accepts TCP connections. A stalled server does. */
  accepts: boolean
  readonly counters: BackendCounters
}

export interface BackendCounters {
  /** Connections given to it. */
  connections: number
  active: number
  /** Connections it did not accept. */
  refused: number
  /** Bytes from clients to it, and back. */
  bytesIn: number
  bytesOut: number
}

export interface Backends {
  readonly all: readonly Backend[]
  /** The next in turn, without those tried already; undefined when none takes connections. */
  next(tried: ReadonlySet<Backend>): Backend | undefined
}

/** @param urls by name; of each the host and the port are used */
export function createBackends(urls: Readonly<Record<string, string>>): Backends {
  const all = Object.entries(urls).map(([name, url]): Backend => {
    const { hostname, port, protocol } = new URL(url)
    return {
      name,
      host: hostname,
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      weight: 1,
      state: 'active',
      accepts: true,
      counters: { connections: 0, active: 0, refused: 0, bytesIn: 0, bytesOut: 0 },
    }
  })
  const credit = new Map<Backend, number>()

  return {
    all,
    /** Smooth weighted round robin: weights 2 and 1 give A B A, not A A B. */
    next(tried) {
      const candidates = all.filter(
        (backend) =>
          backend.state === 'active' && backend.accepts && backend.weight > 0 && !tried.has(backend),
      )
      let total = 0
      let best: Backend | undefined
      for (const backend of candidates) {
        total += backend.weight
        credit.set(backend, (credit.get(backend) ?? 0) + backend.weight)
        if (best === undefined || credit.get(backend)! > credit.get(best)!) best = backend
      }
      if (best !== undefined) credit.set(best, credit.get(best)! - total)
      return best
    },
  }
}
