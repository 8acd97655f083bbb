import { fork } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../../errors.ts'
import type { GeneratorFigures, LoadRun } from '../../model/load.ts'
import { moduleUrl } from '../../module-url.ts'
import type { LoadDriver } from '../driver.ts'
import type { FromLoad, ToLoad } from './protocol.ts'

/** Time between the order to start and the first phase, ms: enough for the order to reach the load process. */
const headStartMs = 50

/** The built-in open-model driver: a load process of its own. */
export const builtinDriver: LoadDriver = {
  name: 'builtin',
  async open(plan, hooks): Promise<LoadRun> {
    const child = fork(fileURLToPath(moduleUrl(import.meta.url, './main.ts')), [], {
      detached: true,
      stdio: ['ignore', 'pipe', openSync(hooks.logFile, 'a'), 'ipc'],
      execArgv: [],
    })
    hooks.adopt(child.pid!)
    const tell = (message: ToLoad): void => {
      if (child.connected) child.send(message)
    }

    // Lines are handed on whole: a chunk may end in the middle of one.
    let partial = ''
    child.stdout!.setEncoding('utf8')
    child.stdout!.on('data', (chunk: string) => {
      const end = chunk.lastIndexOf('\n')
      if (end < 0) {
        partial += chunk
        return
      }
      hooks.lines(partial + chunk.slice(0, end + 1))
      partial = chunk.slice(end + 1)
    })
    const outputEnded = once(child.stdout!, 'end')

    let arrived: Record<string, number> = {}
    const begunAt = new Map<string, number>()
    let drained: GeneratorFigures | undefined
    const ready = Promise.withResolvers<void>()
    ready.promise.catch(() => {})
    child.on('message', (message: FromLoad) => {
      if (message.type === 'ready') ready.resolve()
      else if (message.type === 'failed')
        ready.reject(new HarnessError(`the load driver cannot run: ${message.error}`))
      else if (message.type === 'drained') drained = message.figures
      else {
        arrived = message.arrived
        hooks.tick(message.tick)
      }
    })
    const gone = once(child, 'exit')
    let disposed = false
    void gone.then(([code, signal]) => {
      if (drained !== undefined || disposed) return
      const died = new HarnessError(`the load process ended by itself (${signal ?? `exit code ${code}`})`, {
        lookAt: [hooks.logFile],
      })
      ready.reject(died)
      hooks.died(died)
    })
    tell({ type: 'plan', plan })
    await ready.promise

    return {
      async start() {
        const at = performance.timeOrigin + performance.now() + headStartMs
        tell({ type: 'start', at })
        return at
      },
      async begin(stream) {
        begunAt.set(stream, performance.now())
        tell({ type: 'begin', stream })
      },
      async end(stream) {
        begunAt.delete(stream)
        tell({ type: 'end', stream })
      },
      onCommand(stream) {
        const since = begunAt.get(stream)
        return {
          active: since !== undefined,
          activeMs: since === undefined ? 0 : performance.now() - since,
          arrived: arrived[stream] ?? 0,
        }
      },
      async drain(patienceMs) {
        tell({ type: 'drain', patienceMs })
        await Promise.all([gone, outputEnded])
        if (drained === undefined)
          throw new HarnessError('the load process died under load; its observations end early', {
            lookAt: [hooks.logFile],
          })
        return drained
      },
      async [Symbol.asyncDispose]() {
        disposed = true
        if (child.exitCode !== null || child.signalCode !== null) return
        child.kill('SIGKILL')
        await gone
      },
    }
  },
}
