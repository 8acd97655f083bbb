import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Runtime } from '../../harness/runtimes/runtime.ts'
import { administrativeNetwork } from '../../scenarios/system.ts'

/** How long the whole network takes to be ready, s, each of so many times, after the machine's first (caches, images). */
export async function bringUp(runtime: Runtime, times: number): Promise<number[]> {
  const logDir = mkdtempSync(join(tmpdir(), 'bench-'))
  const tookSeconds: number[] = []
  for (let i = 0; i <= times; i++) {
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
  return tookSeconds
}
