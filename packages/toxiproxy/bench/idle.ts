import { readFileSync } from 'node:fs'
import { atMost, type Row } from './row.ts'
import { type Stage, startHelper } from './stage.ts'

const CONNECTIONS = 5000
const BOUND_MIB = 150

/** What open connections that say nothing cost. Read from /proc, so on Linux only. */
export async function idle(stage: Stage): Promise<readonly Row[]> {
  if (process.platform !== 'linux') return []
  await using backend = await startHelper('http-backend.ts')
  const listen = await stage.ours.lead(backend.firstLine)
  await using clients = await startHelper('idle-probe.ts', [listen, `${CONNECTIONS}`])
  if (clients.firstLine !== `${CONNECTIONS}`)
    throw new Error(`only ${clients.firstLine} connections were held`)
  const status = readFileSync(`/proc/${stage.ours.pid}/status`, 'utf8')
  const residentMiB = Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
  return [
    atMost(`${CONNECTIONS} idle connections`, residentMiB, BOUND_MIB, (value) => `${value.toFixed(0)} MiB`),
  ]
}
