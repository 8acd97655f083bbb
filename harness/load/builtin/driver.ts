import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import type { GeneratorFigures, LoadRun } from '../../model/load.ts'
import { moduleUrl } from '../../module-url.ts'
import type { LoadDriver, LoadHooks } from '../driver.ts'
import { type FromLoad, linesFd, type ToLoad } from './protocol.ts'

/** Time between the order to start and the first act, ms: enough for the order to reach the load process. */
const headStartMs = 50

/** The built-in open-model driver: a load process of its own. */
export const builtinDriver: LoadDriver = {
  name: 'builtin',
  async open(plan, hooks) {
    const child = startChild(hooks.logFile)
    hooks.adopt(child.pid!)
    const linesEnded = passLines(child.stdio[linesFd] as Readable, hooks.lines)
    const heard = hear(child, hooks)
    tell(child, { type: 'plan', plan })
    await heard.ready
    return runOf(child, heard, linesEnded, hooks.logFile)
  },
}

function startChild(logFile: string): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    return fork(fileURLToPath(moduleUrl(import.meta.url, './main.ts')), [], {
      detached: true,
      // What a journey prints goes into the log, as what goes wrong does.
      stdio: ['ignore', log, log, 'ipc', 'pipe'],
      execArgv: [],
    })
  } finally {
    closeSync(log)
  }
}

function tell(child: ChildProcess, message: ToLoad): void {
  if (child.connected) child.send(message)
}

/** Lines are handed on whole: a chunk may end in the middle of one. Resolves when there are no more. */
function passLines(from: Readable, lines: (chunk: string) => void): Promise<unknown> {
  let partial = ''
  from.setEncoding('utf8')
  from.on('data', (chunk: string) => {
    const end = chunk.lastIndexOf('\n')
    if (end < 0) {
      partial += chunk
      return
    }
    lines(partial + chunk.slice(0, end + 1))
    partial = chunk.slice(end + 1)
  })
  return once(from, 'end')
}

/** What the load process has said until now. */
interface Heard {
  readonly ready: Promise<void>
  readonly gone: Promise<unknown>
  drained: GeneratorFigures | undefined
  /** It is no longer wanted: its end is no death. */
  disposed: boolean
}

function hear(child: ChildProcess, hooks: LoadHooks): Heard {
  const ready = Promise.withResolvers<void>()
  ready.promise.catch(() => {})
  const gone = once(child, 'exit')
  const heard: Heard = { ready: ready.promise, gone, drained: undefined, disposed: false }
  child.on('message', (message: FromLoad) => {
    if (message.type === 'ready') ready.resolve()
    else if (message.type === 'failed')
      ready.reject(new HarnessError(`the load driver cannot run: ${message.error}`))
    else if (message.type === 'drained') heard.drained = message.figures
    else hooks.tick(message.tick)
  })
  void gone.then(([code, signal]) => {
    if (heard.drained !== undefined || heard.disposed) return
    const died = new HarnessError(`the load process ended by itself (${signal ?? `exit code ${code}`})`, {
      lookAt: [hooks.logFile],
    })
    ready.reject(died)
    hooks.died(died)
  })
  return heard
}

function runOf(child: ChildProcess, heard: Heard, linesEnded: Promise<unknown>, logFile: string): LoadRun {
  return {
    async start() {
      const at = now() + headStartMs
      tell(child, { type: 'start', at })
      return at
    },
    async begin(stream) {
      tell(child, { type: 'begin', stream, at: now() })
    },
    async end(stream) {
      tell(child, { type: 'end', stream, at: now() })
    },
    async drain(patienceMs) {
      tell(child, { type: 'drain', at: now(), patienceMs })
      await Promise.all([heard.gone, linesEnded])
      if (heard.drained === undefined)
        throw new HarnessError('the load process died under load; its observations end early', {
          lookAt: [logFile],
        })
      return heard.drained
    },
    async [Symbol.asyncDispose]() {
      heard.disposed = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await heard.gone
    },
  }
}

/** Epoch ms with the resolution of the performance clock. */
function now(): number {
  return performance.timeOrigin + performance.now()
}
