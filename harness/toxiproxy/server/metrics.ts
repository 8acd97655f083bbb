import type { Connection, Traffic } from './connection.ts'
import { streams } from './toxic-chain.ts'

export interface Metrics {
  /** A connection has ended: keeps what it carried. */
  count(connection: Connection): void
  /** In Prometheus' text format. `live` are connections that have not ended, which count as far as they are. */
  render(live: Iterable<Connection>): string
}

/** The byte counters of upstream's `-proxy-metrics`, by its names. */
export function createMetrics(): Metrics {
  const ended = new Map<string, Traffic>()

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

function add(totals: Map<string, Traffic>, { route, traffic }: Connection) {
  for (const direction of streams) {
    const labels = Object.entries({ direction, ...route })
      .map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, escapeLabel)}"`)
      .join(',')
    const before = totals.get(labels) ?? { received: 0, sent: 0 }
    const { received, sent } = traffic(direction)
    totals.set(labels, { received: before.received + received, sent: before.sent + sent })
  }
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
