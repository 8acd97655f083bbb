import type { Row } from './row.ts'

const columns = ['figure', 'ours', 'against', 'ratio', 'target'] as const

export function printTable(rows: readonly Row[]): void {
  const width = (column: (typeof columns)[number]): number =>
    Math.max(column.length, ...rows.map((row) => row[column].length))
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  process.stdout.write(line([...columns.map((column) => column.padEnd(width(column))), '   ']))
  process.stdout.write(line([...columns.map((column) => '-'.repeat(width(column))), '---']))
  for (const row of rows) {
    const cells = columns.map((column) => row[column].padEnd(width(column)))
    process.stdout.write(line([...cells, row.met === null ? '–  ' : row.met ? 'met' : 'NOT']))
  }
}
