import type { Connection, Route } from './connection.ts'
import { type Stream, streams } from './stream.ts'

interface Bytes {
  received: number
  sent: number
}
type Totals = Map<Route, Record<Stream, Bytes>>

export interface Metrics {
  /** A connection is over: keeps what it carried. */
  count(connection: Connection): void
  /** In Prometheus' text format. `live` are connections that are not over, which count as far as they are. */
  render(live: Iterable<Connection>): string
}

/** The byte counters of upstream's `-proxy-metrics`, by its names. */
export function createMetrics(): Metrics {
  const ended: Totals = new Map()

  return {
    count: (connection) => add(ended, connection),

    render(live) {
      const open: Totals = new Map()
      for (const connection of live) add(open, connection)
      const rows = [...byLabels([...ended, ...open])].sort(([a], [b]) => (a < b ? -1 : 1))
      return (['received', 'sent'] as const)
        .map((side) => {
          const name = `toxiproxy_proxy_${side}_bytes_total`
          const samples = rows.map(([labels, bytes]) => `${name}{${labels}} ${bytes[side]}\n`).join('')
          return samples && `# HELP ${name} \n# TYPE ${name} counter\n${samples}`
        })
        .join('')
    },
  }
}

function add(totals: Totals, connection: Connection) {
  const report = connection.report()
  if (report === undefined) return
  let total = totals.get(connection.route)
  if (total === undefined) {
    total = { upstream: { received: 0, sent: 0 }, downstream: { received: 0, sent: 0 } }
    totals.set(connection.route, total)
  }
  for (const stream of streams) {
    total[stream].received += report.streams[stream].receivedBytes
    total[stream].sent += report.streams[stream].sentBytes
  }
}

function byLabels(totals: Iterable<readonly [Route, Record<Stream, Bytes>]>): Map<string, Bytes> {
  const rows = new Map<string, Bytes>()
  for (const [route, total] of totals) {
    for (const direction of streams) {
      const labels = Object.entries({ direction, ...route })
        .map(([label, value]) => `${label}="${value.replace(/[\\"\n]/g, escapeLabel)}"`)
        .join(',')
      const { received, sent } = rows.get(labels) ?? { received: 0, sent: 0 }
      rows.set(labels, { received: received + total[direction].received, sent: sent + total[direction].sent })
    }
  }
  return rows
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
