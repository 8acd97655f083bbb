import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RunResult } from '../../harness/model/result.ts'
import { atMost, fixed, type Row } from '../../packages/toxiproxy/bench/row.ts'

/** The gate as users without an engine run it: how long it takes, and how much of that is not the planned acts. */
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
  const planned = result.scenarios
    .flatMap(({ arms }) => arms)
    .reduce((sum, arm) => sum + arm.plannedMs / 1000, 0)
  return [
    atMost(`the gate (${result.verdict}, exit ${status})`, seconds, 110, (value) => `${fixed(value, 1)} s`),
    atMost(
      'of it outside the planned acts',
      1 - planned / seconds,
      0.15,
      (value) => `${fixed(value * 100, 1)} %`,
    ),
  ]
}
