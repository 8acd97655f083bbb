import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/**
 * Where this machine keeps what is made once (PostgreSQL template, enrolled people, compiled code). `SAEOL_CHAOS_CACHE`
 * overrides. Root gets a directory that the unprivileged user of PostgreSQL can enter: /root is closed to it.
 */
export function cacheDir(): string {
  const dir =
    process.env.SAEOL_CHAOS_CACHE ??
    (isRoot()
      ? '/var/cache/saeol-chaos'
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches', 'saeol-chaos')
        : join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'saeol-chaos'))
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  return dir
}

/** Where runs under way on this machine register their processes, ports and scratch directories, one per user. */
export function stateDir(...below: string[]): string {
  const dir = join(tmpdir(), `saeol-chaos-${userInfo().uid}`, ...below)
  mkdirSync(dir, { recursive: true, mode: 0o711 })
  return dir
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** A process that cannot be mistaken for another that later gets the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, as the system tells it; opaque. */
  readonly started: string
}

/** @returns undefined when no such process runs (a zombie does not run). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The command name may hold spaces and parentheses: fields count from the last parenthesis. 22nd field: start time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? undefined : { pid, started: fields[19]! }
    }
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return line === '' || line.startsWith('Z') ? undefined : { pid, started: line.replace(/^\S+\s+/, '') }
  } catch {
    return undefined
  }
}

export function isRunning(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started
}
