import type { ConnectionReport } from './evidence.ts'
import { streams } from './toxic-chain.ts'

export interface Metrics {
  /** A connection has ended: keeps what it carried. */
  count(connection: ConnectionReport): void
  /** In Prometheus' text format. `live` are connections that have not ended, which count as far as they are. */
  render(live: Iterable<ConnectionReport>): string
}

interface Bytes {
  readonly received: number
  readonly sent: number
}

/** The byte counters of upstream's `-proxy-metrics`, by its names. */
export function createMetrics(): Metrics {
  const ended = new Map<string, Bytes>()

  return {
    count: (connection) => add(ended, connection),

    render(live) {
      const totals = new Map(ended)
      for (const connection of live) add(totals, connection)
      const rows = [...totals].sort(([a], [b]) => (a < b ? -1 : 1))
      return (['received', 'sent'] as const)
        .map((side) => {
          const name = `toxiproxy_proxy_${side}_bytes_total`
          const samples = rows.map(([labels, traffic]) => `${name}{${labels}} ${traffic[side]}\n`).join('')
          return samples && `# HELP ${name} \n# TYPE ${name} counter\n${samples}`
        })
        .join('')
    },
  }
}

function add(totals: Map<string, Bytes>, { listener, proxy, upstream, streams: reports }: ConnectionReport) {
  for (const direction of streams) {
    const labels = Object.entries({ direction, listener, proxy, upstream })
      .map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, escapeLabel)}"`)
      .join(',')
    const before = totals.get(labels) ?? { received: 0, sent: 0 }
    const { receivedBytes, sentBytes } = reports[direction]
    totals.set(labels, { received: before.received + receivedBytes, sent: before.sent + sentBytes })
  }
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
