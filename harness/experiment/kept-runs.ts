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

/** One that has not ended is under way, if something was written there within so long, in ms. */
const underWayMs = 24 * 3_600_000

/** The last line of a journal is no longer than this, characters. */
const longestEnd = 500

/** Names of the runs below `out`, the oldest first: they sort by time. */
function idsIn(runs: string): string[] {
  if (!existsSync(runs)) return []
  return readdirSync(runs)
    .filter((id) => lstatSync(join(runs, id)).isDirectory())
    .sort()
}

/** Every run below `out`, the oldest first. */
export function keptRuns(out: string): KeptRun[] {
  const runs = join(resolve(out), 'runs')
  return idsIn(runs).map((id) => {
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
  const runs = join(resolve(out), 'runs')
  const ids = idsIn(runs)
  const old = ids.slice(0, Math.max(0, ids.length - keep))
  const gone = old.filter((id) => hasEnded(join(runs, id)) || now - touchedAt(join(runs, id)) > underWayMs)
  for (const id of gone) rmSync(join(runs, id), { recursive: true, force: true })
  return gone
}

/** By its result, or by its journal where no reporter wrote one. */
function hasEnded(dir: string): boolean {
  if (resultIn(dir) !== null) return true
  try {
    return readFileSync(join(dir, 'journal.jsonl'), 'utf8').slice(-longestEnd).includes('"kind":"run.ended"')
  } catch {
    return false
  }
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
