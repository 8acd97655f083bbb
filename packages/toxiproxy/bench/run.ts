/** `npm run bench [-- part…]`: this server beside the real one, as far as there is one. */
import { measure, partNames } from './index.ts'
import type { Row } from './row.ts'
import { printTable } from './table.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(partNames as readonly string[]).includes(name))
if (unknown.length > 0) {
  process.stderr.write(`unknown part ${unknown.join(', ')}; there is ${partNames.join(', ')}\n`)
  process.exit(4)
}
const rows: Row[] = []
for (const part of partNames) {
  if (asked.length > 0 && !asked.includes(part)) continue
  process.stderr.write(`measuring ${part} …\n`)
  rows.push(...(await measure(part)))
}
printTable(rows)
