import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { called } from '../../called.ts'
import { HarnessError } from '../../errors.ts'
import { moduleUrl } from '../../module-url.ts'
import type { Exit } from '../lives.ts'
import { stateDir } from './machine.ts'
import type { FromSupervisor, Labelled, SpawnRequest, ToSupervisor } from './protocol.ts'

export interface ChildExit extends Exit {
  readonly id: string
  /** True when the harness had asked for it. */
  readonly asked: boolean
}

/** The harness's side of its supervisor. Disposing it stops everything it started. */
export interface Supervision extends AsyncDisposable {
  /** @throws HarnessError when the command cannot be started at all. */
  spawn(request: SpawnRequest): Promise<{ pid: number }>
  stop(id: string): void
  /** Sends it to the process and all that it has started; resolves once it is sent. */
  signal(id: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** A process started elsewhere that must not outlive the topology. */
  adopt(pid: number): void
  /** A directory to remove at the end. */
  scratch(dir: string): void
  /** A topology of containers to remove from its engine at the end. */
  labelled(topology: Labelled): void
  /** @returns what ends the listening. */
  onExit(listener: (exit: ChildExit) => void): () => void
  /**
   * Ends every process, removes every container and every scratch directory; the supervisor itself stays for the next
   * topology. @throws HarnessError naming what is left.
   */
  stopAll(): Promise<void>
}

/** Starts a supervisor in a session of its own, so that Ctrl-C on the terminal reaches the harness alone. */
export function superviseHere(): Supervision {
  const log = openSync(join(stateDir(), 'supervisor.log'), 'a')
  const child = fork(fileURLToPath(moduleUrl(import.meta.url, './supervisor.ts')), [], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
  })
  const exits = new Set<(exit: ChildExit) => void>()
  const waiting = new Map<string, { resolve(pid: number): void; reject(error: Error): void }>()
  const signalling = new Map<string, (() => void)[]>()
  let stoppedAll: ((error?: string) => void) | undefined
  let lost: HarnessError | undefined

  child.on('message', (message: FromSupervisor) => {
    switch (message.type) {
      case 'spawned':
        waiting.get(message.id)?.resolve(message.pid)
        waiting.delete(message.id)
        break
      case 'failed':
        waiting.get(message.id)?.reject(new HarnessError(`cannot start ${message.id}: ${message.error}`))
        waiting.delete(message.id)
        break
      case 'signalled':
        signalling.get(message.id)?.shift()?.()
        break
      case 'exited':
        for (const listener of exits) listener(message)
        break
      case 'stopped-all':
        stoppedAll?.(message.error)
        break
    }
  })
  child.once('exit', () => {
    lost = new HarnessError(`the supervisor ended unexpectedly; '${called('clean')}' removes what it held`)
    for (const { reject } of waiting.values()) reject(lost)
    for (const sent of [...signalling.values()].flat()) sent()
    stoppedAll?.()
  })

  const send = (message: ToSupervisor): void => {
    if (child.connected) child.send(message)
  }
  const stopAll = (): Promise<void> =>
    new Promise((resolve, reject) => {
      if (!child.connected || lost !== undefined) return resolve()
      stoppedAll = (error) =>
        error === undefined
          ? resolve()
          : reject(new HarnessError(`${error}; '${called('clean')}' tries again`))
      send({ type: 'stop-all' })
    })

  return {
    spawn: (request) =>
      new Promise((resolve, reject) => {
        if (lost !== undefined) return reject(lost)
        waiting.set(request.id, { resolve: (pid) => resolve({ pid }), reject })
        send({ type: 'spawn', ...request })
      }),
    stop: (id) => send({ type: 'stop', id }),
    signal: (id, signal) =>
      new Promise((resolve, reject) => {
        if (lost !== undefined) return reject(lost)
        signalling.set(id, [...(signalling.get(id) ?? []), resolve])
        send({ type: 'signal', id, signal })
      }),
    adopt: (pid) => send({ type: 'adopt', pid }),
    scratch: (dir) => send({ type: 'scratch', dir }),
    labelled: (topology) => send({ type: 'labelled', ...topology }),
    onExit: (listener) => {
      exits.add(listener)
      return () => void exits.delete(listener)
    },
    stopAll,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
