import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesRuntime } from '../../harness/runtimes/processes/processes.ts'
import { administrativeNetwork } from '../../scenarios/system.ts'
import { atMost, fixed, median, type Row } from '../row.ts'

const runs = 5

/** How long the whole network takes to be ready, after the machine's first run (keys and cluster are cached). */
export async function run(): Promise<Row[]> {
  await using runtime = processesRuntime({ toxiproxy: 'embedded' })
  const logDir = mkdtempSync(join(tmpdir(), 'bench-'))
  const tookSeconds: number[] = []
  for (let i = 0; i <= runs; i++) {
    const from = performance.now()
    await using _ = await runtime.up(administrativeNetwork, {
      seed: 'bench',
      environment: {},
      logDir,
      signal: new AbortController().signal,
      onSystemEvent() {},
      onDeath() {},
    })
    // The first is the machine's first, and not counted.
    if (i > 0) tookSeconds.push((performance.now() - from) / 1000)
  }
  rmSync(logDir, { recursive: true })
  return [
    atMost(`network ready, median of ${runs}`, median(tookSeconds), 2.5, (seconds) => `${fixed(seconds)} s`),
  ]
}
