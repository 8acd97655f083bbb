import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isRunning, type ProcessIdentity } from './machine.ts'
import { descendants, gone, groupOf, marked, markVariable, tryKill } from './process-tree.ts'
import type { FromSupervisor, SpawnRequest } from './protocol.ts'

/** How long a process and what it has started may take to stop when asked, ms, before they are killed: unless told. */
const graceMs = 1500
/** How long the kernel may take to end what was killed, ms. */
const killedMs = 2000

/** The supervisor's children, each with all that it starts. */
export interface Children {
  start(request: SpawnRequest): void
  /** To the child and all that it has started. */
  signal(id: string, signal: NodeJS.Signals): void
  /** Asks the child and all that it has started to end, then kills what is left of them. */
  stop(id: string): Promise<void>
  /** Stops every child; then kills what still runs of anything that one of them ever started. */
  stopAll(): Promise<void>
  running(): (ProcessIdentity & { readonly id: string })[]
}

interface Child {
  readonly process: ChildProcess
  readonly request: SpawnRequest
  paused: boolean
}

/**
 * @param mark carried by every child and all that it starts
 * @param told of what becomes of them
 */
export function createChildren(mark: string, told: (message: FromSupervisor) => void): Children {
  const children = new Map<string, Child>()
  return {
    start(request) {
      const child = launch(request, mark)
      children.set(request.id, { process: child, request, paused: false })
      child.once('spawn', () => told({ type: 'spawned', id: request.id, pid: child.pid! }))
      child.once('error', (error) => {
        children.delete(request.id)
        told({ type: 'failed', id: request.id, error: error.message })
      })
      child.once('exit', (code, signal) => {
        children.delete(request.id)
        told({ type: 'exited', id: request.id, code, signal })
      })
    },
    signal(id, signal) {
      const child = children.get(id)
      if (child?.process.pid === undefined) return
      child.paused = signal === 'SIGSTOP'
      signalTree(child.process.pid, signal)
    },
    async stop(id) {
      const child = children.get(id)
      if (child !== undefined) await stopTree(child)
    },
    async stopAll() {
      await Promise.all([...children.values()].map(stopTree))
      await gone(() => {
        const left = marked(mark)
        for (const { pid } of left) tryKill(pid, 'SIGKILL')
        return left
      }, killedMs)
    },
    running: () =>
      [...children].flatMap(
        ([
          id,
          {
            process: { pid },
          },
        ]) => {
          const identity = pid === undefined ? undefined : identify(pid)
          return identity === undefined ? [] : [{ ...identity, id }]
        },
      ),
  }
}

/** Starts a child in a process group of its own, which most of what it starts stays in. */
function launch(request: SpawnRequest, mark: string): ChildProcess {
  const log = openSync(request.logFile, 'a')
  try {
    return spawn(request.command, request.args, {
      env: { ...request.env, [markVariable]: mark },
      cwd: request.cwd,
      detached: true,
      stdio: request.channel ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...(request.uid !== undefined && { uid: request.uid, gid: request.gid! }),
    })
  } finally {
    closeSync(log)
  }
}

/** To its group, and to those below it that have left the group, as PostgreSQL's backends do. */
function signalTree(pid: number, signal: NodeJS.Signals): void {
  const below = descendants(pid)
  tryKill(-pid, signal)
  for (const one of below) tryKill(one, signal)
}

async function stopTree({ process: child, request, paused }: Child): Promise<void> {
  const { pid } = child
  if (pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const below = descendants(pid).flatMap((one) => identify(one) ?? [])
  // What is paused gets no signal but SIGKILL until it goes on.
  if (paused) signalTree(pid, 'SIGCONT')
  tryKill(-pid, request.stopSignal)
  const withinMs = request.stopWithinMs ?? graceMs
  const until = performance.now() + withinMs
  await Promise.race([ended, sleep(withinMs, undefined, { ref: false })])
  if (!(await gone(() => [...groupOf(pid), ...below], until - performance.now()))) {
    tryKill(-pid, 'SIGKILL')
    for (const one of below) if (isRunning(one)) tryKill(one.pid, 'SIGKILL')
  }
  await ended
}
