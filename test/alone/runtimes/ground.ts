/** Every runtime with the system of the contract. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import type { Capability, Topology } from '../../../harness/model/topology.ts'
import { containerCapabilities } from '../../../harness/runtimes/containers/capabilities.ts'
import { containersRuntime } from '../../../harness/runtimes/containers/containers.ts'
import { label } from '../../../harness/runtimes/containers/labels.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import type { Runtime, ServiceDeath, SystemEvent } from '../../../harness/runtimes/runtime.ts'
import { sharePortLeases } from '../../harness/fixtures/command-line.ts'
import { contractSystem } from '../../harness/fixtures/contract/system.ts'
import { engine, leftOnEngine, missing } from '../../harness/fixtures/engine.ts'

export interface Row {
  readonly name: string
  readonly missing?: string
  /** Its Toxiproxy is the real one, with that one's defects. */
  readonly real: boolean
  make(): Runtime & AsyncDisposable
}

const needsEngine = missing === undefined ? {} : { missing }
const { capabilities } =
  engine === undefined
    ? { capabilities: new Set<Capability>() }
    : await containerCapabilities(engine, [contractSystem])
export const runtimes: Row[] = [
  { name: 'processes', real: false, make: () => processesRuntime({ toxiproxy: 'embedded' }) },
  {
    name: 'containers',
    ...needsEngine,
    real: true,
    make: () => containersRuntime({ engine: engine!, capabilities }),
  },
]

export interface Up {
  readonly topology: Topology
  readonly logDir: string
  readonly events: SystemEvent[]
  readonly deaths: ServiceDeath[]
}

export const root = resolve(import.meta.dirname, '../../..')
export const logs = mkdtempSync(join(tmpdir(), 'contract-'))
// What is left is told apart from what others leave: this file has a place of its own for what runs are under way.
sharePortLeases(logs)
process.env.TMPDIR = logs
// PostgreSQL, under another account when this is root, must be able to pass through.
chmodSync(logs, 0o711)

export const removeLogs = (): void => rmSync(logs, { recursive: true, force: true })

export async function up(
  runtime: Runtime,
  environment: Record<string, Record<string, string>> = {},
  seed = 'contract',
  system = contractSystem,
): Promise<Up> {
  const events: SystemEvent[] = []
  const deaths: ServiceDeath[] = []
  const logDir = mkdtempSync(join(logs, 'up-'))
  const topology = await runtime.up(system, {
    seed,
    environment,
    logDir,
    signal: new AbortController().signal,
    onSystemEvent: (event) => events.push(event),
    onDeath: (death) => deaths.push(death),
  })
  return { topology, logDir, events, deaths }
}

export async function ask(url: string): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(5000) })).text()
}

export async function rowsOf(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** What this process has made on the engine, and its runtimes should have taken down. */
export function madeHere(): Promise<string[]> {
  const mine = ` ${process.pid} `
  return leftOnEngine(label.harness, (labels) => labels[label.harness]!.includes(mine))
}

export async function volumes(): Promise<string[]> {
  const { body } = await engine!.ask('GET', '/volumes')
  return ((body as { Volumes: { Name: string }[] | null }).Volumes ?? []).map(({ Name }) => Name)
}
