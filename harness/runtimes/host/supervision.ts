import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
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
}

/** The harness's side of its supervisor. Disposing it stops everything it started. */
export interface Supervision extends AsyncDisposable {
  /** @throws HarnessError when the command cannot be started at all. */
  spawn(request: SpawnRequest): Promise<{ pid: number }>
  /** Asks the process and all that it has started to end; kills them when they do not. */
  stop(id: string): void
  /** Sends it to the process and all that it has started; resolves once it is sent. */
  signal(id: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** A process started elsewhere that must not outlive the topology. */
  adopt(pid: number): void
  /**
   * An empty directory that is removed at the end. It is held before it is made, so that a harness that is killed in
   * between leaves nothing.
   */
  scratch(): Promise<string>
  /** A topology of containers to remove from its engine at the end. */
  labelled(topology: Labelled): void
  /** @returns what ends the listening. */
  onExit(listener: (exit: ChildExit) => void): () => void
  /**
   * Ends every process, removes every container and every scratch directory; the supervisor itself stays for the next
   * topology.
   * @returns networks that an engine keeps by mistake (see `Reaped`); undefined when the supervisor is gone, and may have
   * left anything
   * @throws HarnessError naming what is left
   */
  stopAll(): Promise<readonly string[] | undefined>
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
  const answers = awaitAnswers(child, (exit) => {
    for (const listener of exits) listener(exit)
  })
  const send = (message: ToSupervisor): void => {
    if (child.connected) child.send(message)
  }
  return {
    spawn: async (request) => {
      const answer = answers.next('spawned', request.id)
      send({ type: 'spawn', ...request })
      const { pid } = await answer
      return { pid: pid! }
    },
    stop: (id) => send({ type: 'stop', id }),
    async signal(id, signal) {
      const answer = answers.next('signalled', id)
      send({ type: 'signal', id, signal })
      await answer
    },
    adopt: (pid) => send({ type: 'hold', pid }),
    async scratch() {
      const dir = join(stateDir(), `topology-${randomBytes(4).toString('hex')}`)
      send({ type: 'hold', dir })
      await mkdir(dir, { mode: 0o700 })
      return dir
    },
    labelled: (topology) => send({ type: 'hold', topology }),
    onExit: (listener) => {
      exits.add(listener)
      return () => void exits.delete(listener)
    },
    async stopAll() {
      if (!child.connected) return undefined
      const answer = answers.next('stopped-all', '')
      send({ type: 'stop-all' })
      return (await answer).kept
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

interface Answer {
  readonly pid?: number
  readonly kept?: readonly string[]
}

interface Waiting {
  readonly type: string
  readonly id: string
  readonly answer: PromiseWithResolvers<Answer>
}

/** What the supervisor is asked, and its answers, in the order of the questions. */
function awaitAnswers(
  child: ChildProcess,
  onExit: (exit: ChildExit) => void,
): { next(type: string, id: string): Promise<Answer> } {
  let waiting: readonly Waiting[] = []
  let lost: HarnessError | undefined
  const taken = (type: string, id: string): Waiting['answer'] | undefined => {
    const one = waiting.find((other) => other.type === type && other.id === id)
    waiting = waiting.filter((other) => other !== one)
    return one?.answer
  }
  child.on('message', (message: FromSupervisor) => {
    switch (message.type) {
      case 'spawned':
        return taken('spawned', message.id)?.resolve({ pid: message.pid })
      case 'failed':
        return taken('spawned', message.id)?.reject(
          new HarnessError(`cannot start ${message.id}: ${message.error}`),
        )
      case 'signalled':
        return taken('signalled', message.id)?.resolve({})
      case 'exited':
        return onExit(message)
      case 'stopped-all': {
        const answer = taken('stopped-all', '')
        if (message.error === undefined) return answer?.resolve({ kept: message.kept ?? [] })
        return answer?.reject(new HarnessError(`${message.error}; '${called('clean')}' tries again`))
      }
    }
  })
  child.once('exit', () => {
    lost = new HarnessError(`the supervisor ended unexpectedly; '${called('clean')}' removes what it held`)
    // With it went its children: those that were to be signalled or stopped are.
    for (const { type, answer } of waiting)
      if (type === 'spawned') answer.reject(lost)
      else answer.resolve({})
    waiting = []
  })
  return {
    next(type, id) {
      const answer = Promise.withResolvers<Answer>()
      if (lost === undefined) waiting = [...waiting, { type, id, answer }]
      else answer.reject(lost)
      return answer.promise
    },
  }
}
