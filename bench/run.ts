/** `npm run bench [-- name…]`: every figure of the performance goals, measured in this one run. */
import type { Row } from './row.ts'

const benches: Readonly<Record<string, () => Promise<{ run(): Promise<readonly Row[]> }>>> = {
  topology: () => import('./main-job/topology.ts'),
  driver: () => import('./main-job/driver.ts'),
  analyze: () => import('./main-job/analyze.ts'),
  toxiproxy: () => import('./toxiproxy/index.ts'),
  gate: () => import('./main-job/gate.ts'),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in benches))
if (unknown.length > 0) {
  process.stderr.write(`unknown bench ${unknown.join(', ')}; there is ${Object.keys(benches).join(', ')}\n`)
  process.exit(4)
}
const rows: Row[] = []
for (const [name, load] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stderr.write(`measuring ${name} …\n`)
  rows.push(...(await (await load()).run()))
}
const columns = ['figure', 'ours', 'against', 'ratio', 'target'] as const
const cell = (row: Row, column: (typeof columns)[number]): string => row[column]
const width = (column: (typeof columns)[number]): number =>
  Math.max(column.length, ...rows.map((row) => cell(row, column).length))
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
process.stdout.write(line([...columns.map((column) => column.padEnd(width(column))), '   ']))
process.stdout.write(line([...columns.map((column) => '-'.repeat(width(column))), '---']))
for (const row of rows)
  process.stdout.write(
    line([
      ...columns.map((column) => cell(row, column).padEnd(width(column))),
      row.met === null ? '–  ' : row.met ? 'met' : 'NOT',
    ]),
  )
