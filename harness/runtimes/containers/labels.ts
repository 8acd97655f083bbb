import { hostname } from 'node:os'
import { identify, isRunning } from '../host/machine.ts'
import { type Engine, filters, must } from './engine.ts'

/** Labels on every container and network: what they belong to, and whose they are. */
export const label = {
  topology: 'saeol-chaos.topology',
  service: 'saeol-chaos.service',
  /** Directory of the arm's logs, below its run's. */
  logs: 'saeol-chaos.logs',
  /** Which process made them: host, pid, start. */
  harness: 'saeol-chaos.harness',
} as const

/** Labels of one topology, made by this very process. */
export function topologyLabels(topology: string, logDir: string): Record<string, string> {
  const { pid, started } = identify(process.pid)!
  return {
    [label.topology]: topology,
    [label.logs]: logDir,
    [label.harness]: [hostname(), pid, started].join(' '),
  }
}

/** Topologies on an engine, by the harness that made them. */
export interface Found {
  readonly topology: string
  readonly harness: { readonly pid: number; readonly runs: boolean }
}

/** Every topology that has something on this engine and was made on this machine. */
export async function findTopologies(engine: Engine): Promise<Found[]> {
  const query = filters({ label: [label.harness] })
  const lists = await Promise.all(
    [`/containers/json?all=1&${query}`, `/networks?${query}`].map((path) =>
      must<{ Labels: Record<string, string> }[]>(engine, 'list what carries our labels', 'GET', path),
    ),
  )
  const found = new Map<string, Found>()
  for (const { Labels } of lists.flat()) {
    // The start is the rest of the line: on some systems it is a date.
    const [host, pid, ...started] = Labels[label.harness]!.split(' ')
    const topology = Labels[label.topology]
    if (host !== hostname() || topology === undefined) continue
    const runs = isRunning({ pid: Number(pid), started: started.join(' ') })
    found.set(topology, { topology, harness: { pid: Number(pid), runs } })
  }
  return [...found.values()]
}
