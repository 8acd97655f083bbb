import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RunResult } from '../../harness/model/result.ts'
import { atMost, fixed, type Row } from '../../packages/toxiproxy/bench/row.ts'

/** The longest that the gate may take, s: with two CPUs, and with four or more. */
const mostS = availableParallelism() >= 4 ? 35 : 60

/** The gate as users without an engine run it: it holds, and how long that takes. */
export async function run(): Promise<Row[]> {
  const out = mkdtempSync(join(tmpdir(), 'bench-'))
  const cli = resolve(import.meta.dirname, '../../bin/saeol-chaos.js')
  const from = performance.now()
  const { status } = spawnSync(
    process.execPath,
    [cli, 'run', '--runtime', 'processes', '--out', out, '--reporter', 'json'],
    {
      stdio: 'ignore',
    },
  )
  const seconds = (performance.now() - from) / 1000
  const result = JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')) as RunResult
  rmSync(out, { recursive: true })
  const took = atMost(
    `the gate (${result.verdict}, exit ${status})`,
    seconds,
    mostS,
    (value) => `${fixed(value, 1)} s`,
  )
  return [{ ...took, met: took.met === true && status === 0 }]
}
