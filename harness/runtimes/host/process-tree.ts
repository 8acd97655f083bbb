import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isRunning, type ProcessIdentity } from './machine.ts'

/**
 * Variable that every child of a supervisor carries, and so does all that it starts: by it they are found, whoever is
 * their parent by now.
 */
export const markVariable = 'SAEOL_CHAOS_SUPERVISOR'

/** What its children carry. */
export function markOf({ pid, started }: ProcessIdentity): string {
  return `${pid}/${started.replaceAll(' ', '_')}`
}

/** Everything that runs and carries a mark, as far as this user may look. */
export function marked(mark: string): ProcessIdentity[] {
  const variable = `${markVariable}=${mark}`
  const pids =
    process.platform === 'linux'
      ? allPids().filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(variable))
      : listed('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='])
          .filter((line) => line.split(' ').includes(variable))
          .map((line) => Number.parseInt(line, 10))
  return identities(pids)
}

/** Everything that runs in the process group that `leader` leads or led. */
export function groupOf(leader: number): ProcessIdentity[] {
  // The cheap question first: most groups are gone with their leader.
  if (!tryKill(-leader, 0)) return []
  const pids =
    process.platform === 'linux'
      ? allPids().filter((pid) => groupIn(read(`/proc/${pid}/stat`)) === leader)
      : listed('pgrep', ['-g', String(leader)]).map(Number)
  return identities(pids)
}

/** Everything that a process has started and that still runs, and what those have started. */
export function descendants(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)])
}

/** Waits until none of them runs. @returns false when the time is over before. */
export async function gone(processes: () => readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (processes().some(isRunning)) {
    if (performance.now() > until) return false
    await sleep(20)
  }
  return true
}

/** @returns false when there is no such process, or it is not ours to signal. */
export function tryKill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function childrenOf(pid: number): number[] {
  return process.platform === 'linux'
    ? read(`/proc/${pid}/task/${pid}/children`).split(/\s+/).filter(Boolean).map(Number)
    : listed('pgrep', ['-P', String(pid)]).map(Number)
}

function identities(pids: readonly number[]): ProcessIdentity[] {
  return pids.flatMap((pid) => identify(pid) ?? [])
}

function allPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

/** The command name may hold spaces and parentheses: fields count from the last parenthesis. */
function groupIn(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
}

/** Empty where the process has ended in the meantime, or is not ours to look at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function listed(command: string, args: readonly string[]): string[] {
  try {
    return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  } catch {
    // pgrep found none.
    return []
  }
}
