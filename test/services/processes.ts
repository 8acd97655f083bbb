import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A service as its own process, as the harness runs it. */
export interface ServiceProcess extends AsyncDisposable {
  readonly child: ChildProcess
  /** Lines of its log so far, parsed. */
  readonly log: Record<string, unknown>[]
  readonly stderr: () => string
  /** The first log line with this event; waits for it. */
  event(name: string): Promise<Record<string, unknown>>
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** @param ipc gives it the channel whose loss tells it that its parent has died */
export function startProcess(
  service: string,
  env: Record<string, string>,
  { ipc = false }: { ipc?: boolean } = {},
): ServiceProcess {
  const main = fileURLToPath(new URL(`../../services/${service}/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ipc ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  })
  const log: Record<string, unknown>[] = []
  let rest = ''
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout?.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      log.push(JSON.parse(line))
      child.emit('logged')
    }
  })
  // Not 'close': after a disconnect by the parent it never comes.
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  return {
    child,
    log,
    stderr: () => stderr,
    exited,
    async event(name) {
      for (;;) {
        const found = log.find(({ event }) => event === name)
        if (found !== undefined) return found
        const logged = once(child, 'logged').then(() => true)
        if (!(await Promise.race([logged, exited.then(() => false)]))) {
          throw new Error(`${service} ended without '${name}': ${stderr}`)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}
