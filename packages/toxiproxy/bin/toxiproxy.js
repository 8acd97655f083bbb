#!/usr/bin/env node
// Runs the server: from its source in a checkout, which needs a Node.js that strips types, else from what was built.
// Plain JavaScript that Node 18 can read.
import { existsSync } from 'node:fs'

const source = new URL('../src/main.ts', import.meta.url)
const built = new URL('../dist/main.js', import.meta.url)
const inCheckout = existsSync(source)
const needed = inCheckout ? 24 : 22

if (Number(process.versions.node.split('.')[0]) >= needed) {
  await import((inCheckout ? source : built).href)
} else {
  const hint = inCheckout ? ` 'npx toxiproxy' brings one after 'npm ci'.` : ''
  process.stderr.write(`toxiproxy needs Node.js ${needed} or later; this is ${process.version}.${hint}\n`)
  process.exit(1)
}
