/**
 * `npm run bench [-- name…]`: every figure of the performance goals, measured in this one run. A name before a slash
 * stands for all of its parts.
 */

import { spawnSync } from 'node:child_process'
import type { ToxiproxyPart } from '../packages/toxiproxy/bench/index.ts'
import type { Row } from '../packages/toxiproxy/bench/row.ts'
import { printTable } from '../packages/toxiproxy/bench/table.ts'

const benches: Readonly<Record<string, () => Promise<{ run(): Promise<readonly Row[]> }>>> = {
  'topology/processes': () => import('./main-job/topology.ts'),
  'topology/containers': () => import('./main-job/topology-in-containers.ts'),
  driver: () => import('./main-job/driver.ts'),
  analyze: () => import('./main-job/analyze.ts'),
  statistics: () => import('./main-job/statistics.ts'),
  'toxiproxy/idle': () => toxiproxy('idle'),
  'toxiproxy/throughput': () => toxiproxy('throughput'),
  'toxiproxy/requests': () => toxiproxy('requests'),
  'toxiproxy/precision': () => toxiproxy('precision'),
  gate: () => import('./main-job/gate.ts'),
}

async function toxiproxy(part: ToxiproxyPart): ReturnType<(typeof benches)[string]> {
  const { measure } = await import('../packages/toxiproxy/bench/index.ts')
  return { run: () => measure(part) }
}

const wanted = process.argv.slice(2)
const names = Object.keys(benches)
const stands = (asked: string, name: string): boolean => name === asked || name.startsWith(`${asked}/`)
const unknown = wanted.filter((asked) => !names.some((name) => stands(asked, name)))
if (unknown.length > 0) {
  process.stderr.write(`unknown bench ${unknown.join(', ')}; there is ${names.join(', ')}\n`)
  process.exit(4)
}
/** What some of them take their load from, under the name of its Debian package. */
const tools: Readonly<Record<string, string>> = {
  'toxiproxy/throughput': 'iperf3',
  'toxiproxy/requests': 'wrk',
}
const chosen = Object.entries(benches).filter(
  ([name]) => wanted.length === 0 || wanted.some((asked) => stands(asked, name)),
)
const lacking = chosen
  .flatMap(([name]) => tools[name] ?? [])
  .filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)
if (lacking.length > 0) {
  process.stderr.write(`not installed: ${lacking.join(', ')}; apt-get install ${lacking.join(' ')}\n`)
  process.exit(4)
}
const rows: Row[] = []
for (const [name, load] of chosen) {
  process.stderr.write(`measuring ${name} …\n`)
  rows.push(...(await (await load()).run()))
}
printTable(rows)
const missed = rows.filter(({ met }) => met === false)
process.stdout.write(
  `${rows.filter(({ met }) => met).length} targets met, ${missed.length} not${missed.map(({ figure }) => `; not met: ${figure}`).join('')}\n`,
)
