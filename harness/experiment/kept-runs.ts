import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunResult } from '../model/result.ts'

/** A run that is kept. */
export interface KeptRun {
  readonly id: string
  readonly dir: string
  /** What it came to; null for one that is under way, or was killed. */
  readonly result: Pick<RunResult, 'verdict' | 'exitCode' | 'startedAt' | 'tookMs' | 'ending'> | null
  /** Names of its scenarios, as far as it came. */
  readonly scenarios: readonly string[]
  readonly bytes: number
  /** When something was last written there, epoch ms. */
  readonly touchedAt: number
}

/** One without a result is under way, if something was written there within so long, in ms. */
const underWayMs = 24 * 3_600_000

/** Every run below `out`, the oldest first: their names sort by time. */
export function keptRuns(out: string): KeptRun[] {
  const runs = join(resolve(out), 'runs')
  if (!existsSync(runs)) return []
  return readdirSync(runs)
    .filter((id) => lstatSync(join(runs, id)).isDirectory())
    .sort()
    .map((id) => {
      const dir = join(runs, id)
      const result = resultIn(dir)
      return {
        id,
        dir,
        result,
        scenarios: result?.scenarios?.map(({ scenario }) => scenario) ?? [],
        bytes: bytesBelow(dir),
        touchedAt: touchedAt(dir),
      }
    })
}

/**
 * Removes the oldest runs until `keep` are left. One that may be under way stays, and counts as one that is left.
 * @returns ids of those that are gone
 */
export function removeOldRuns(out: string, keep: number, now = Date.now()): string[] {
  const runs = keptRuns(out)
  const old = runs.slice(0, Math.max(0, runs.length - keep))
  const gone = old.filter(({ result, touchedAt: at }) => result !== null || now - at > underWayMs)
  for (const { dir } of gone) rmSync(dir, { recursive: true, force: true })
  return gone.map(({ id }) => id)
}

function resultIn(dir: string): RunResult | null {
  try {
    return JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as RunResult
  } catch {
    return null
  }
}

function touchedAt(dir: string): number {
  const journal = join(dir, 'journal.jsonl')
  return statSync(existsSync(journal) ? journal : dir).mtimeMs
}

function bytesBelow(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + lstatSync(join(parentPath, name)).size, 0)
}
