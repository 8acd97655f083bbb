import { connect } from 'node:net'
import type { Log } from '../common/log.ts'
import type { Backend, Backends } from './backends.ts'

/** Failed checks in a row that take a backend out; one good check brings it back. † ours. */
const fallAfter = 2

/**
 * Connects to every backend again and again and says whether it accepted. No byte is sent: a server that accepts
 * and never answers passes, which is how a grey failure stayed green in 2023.
 * @param options.intervalMs from check to check, and the longest wait for one
 * @returns what stops it
 */
export function startHealthChecks(options: {
  readonly backends: Backends
  readonly intervalMs: number
  readonly log: Log
}): () => void {
  const { backends, intervalMs, log } = options
  const failures = new Map<Backend, number>()

  function note(backend: Backend, accepted: boolean): void {
    const inARow = accepted ? 0 : (failures.get(backend) ?? 0) + 1
    failures.set(backend, inARow)
    const accepts = accepted || (backend.accepts && inARow < fallAfter)
    if (accepts === backend.accepts) return
    backend.accepts = accepts
    const event = accepts ? 'backend.up' : 'backend.down'
    log.info(
      { event, backend: backend.name },
      `${backend.name} ${accepts ? 'accepts' : 'refuses'} connections`,
    )
  }

  const timer = setInterval(() => {
    for (const backend of backends.all) {
      void accepts(backend, intervalMs).then((accepted) => note(backend, accepted))
    }
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

function accepts({ host, port }: Backend, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.unref()
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('error', () => {}) // Told on close.
    socket.once('close', () => resolve(false))
  })
}
