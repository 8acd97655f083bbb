import { type IncomingMessage, request } from 'node:http'
import { HarnessError, messageOf } from '../../errors.ts'
import { type EngineAddress, engineAddress, type NoEngine } from './engine-address.ts'

/** A container engine on this machine that answers Docker's API. */
export interface Engine {
  /** `unix:///var/run/docker.sock`, or `tcp://127.0.0.1:2375`. */
  readonly address: string
  /** One request. A status of 400 and more is not thrown: the caller knows which of them are good news. */
  ask(method: 'GET' | 'POST' | 'DELETE', path: string, options?: AskOptions): Promise<Answer>
  /** A request whose answer goes on: logs, events. @throws HarnessError when it is refused. */
  follow(path: string, signal: AbortSignal): Promise<IncomingMessage>
}

interface AskOptions {
  readonly body?: unknown
  /** Default: 30 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

interface Answer {
  readonly status: number
  /** JSON as it was read, or the text that was none. */
  readonly body: unknown
}

const start = "start it ('sudo systemctl start docker'), or use '--runtime processes', which needs none"

/** Looks for an engine that answers, where Docker's own client would look. */
export async function findEngine(env: NodeJS.ProcessEnv = process.env): Promise<Engine | NoEngine> {
  const found = engineAddress(env)
  return 'missing' in found ? found : answering(found)
}

/** The engine at an address, if it answers. */
export async function answering({ address, from }: EngineAddress): Promise<Engine | NoEngine> {
  const engine = engineAt(address)
  try {
    const { status } = await engine.ask('GET', '/_ping', { timeoutMs: 5000 })
    if (status === 200) return engine
    return {
      missing: `the container engine at ${address}${from} answers with status ${status}`,
      remedy: start,
    }
  } catch (error) {
    const { code } = (error instanceof Error ? error.cause : undefined) as { code?: string }
    if (code === 'EACCES' || code === 'EPERM')
      return {
        missing: `this user may not use the container engine at ${address}${from}`,
        remedy:
          "join its group ('sudo usermod -aG docker $USER', then log in again), or use '--runtime processes'",
      }
    return { missing: `no container engine answers at ${address}${from}: ${messageOf(error)}`, remedy: start }
  }
}

/** The engine at an address, without asking whether it answers. */
export function engineAt(address: string): Engine {
  const unix = /^unix:\/\/(.*)$/.exec(address)?.[1]
  const url = unix === undefined ? new URL(address.replace(/^tcp:/, 'http:')) : undefined
  const where =
    url === undefined ? { socketPath: unix! } : { host: url.hostname, port: Number(url.port || 2375) }

  const send = (
    method: string,
    path: string,
    options: { body?: unknown; signal?: AbortSignal; timeoutMs?: number },
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const text = options.body === undefined ? undefined : JSON.stringify(options.body)
      const asked = request(
        {
          ...where,
          method,
          path,
          // A connection of its own: none outlives the engine, and none keeps the process alive.
          agent: false,
          headers: text === undefined ? {} : { 'Content-Type': 'application/json' },
          ...(options.signal !== undefined && { signal: options.signal }),
          ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
        },
        resolve,
      )
      asked.once('timeout', () => asked.destroy(new Error(`no answer in ${options.timeoutMs! / 1000} s`)))
      asked.once('error', (cause) => reject(new HarnessError(cause.message, { cause })))
      asked.end(text)
    })

  return {
    address,
    async ask(method, path, { timeoutMs = 30_000, ...options } = {}) {
      const answer = await send(method, path, { ...options, timeoutMs })
      const text = await textOf(answer)
      return { status: answer.statusCode!, body: parsed(text) }
    },
    async follow(path, signal) {
      const answer = await send('GET', path, { signal })
      if (answer.statusCode! < 400) return answer
      throw new HarnessError(`the container engine refused ${path}: ${saidBy(parsed(await textOf(answer)))}`)
    },
  }
}

/** The engine's own words in an answer that refuses. */
export function saidBy(body: unknown): string {
  const { message } = body as { message?: string }
  return message ?? String(body)
}

/** A request that must succeed. `fine`: statuses that say that it was so already. @throws HarnessError in the engine's own words. */
export async function must<T = unknown>(
  engine: Engine,
  what: string,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  options: AskOptions & { fine?: readonly number[] } = {},
): Promise<T> {
  const { status, body } = await engine.ask(method, path, options)
  if (status >= 400 && !options.fine?.includes(status))
    throw new HarnessError(`the container engine could not ${what}: ${saidBy(body)} (${status})`)
  return body as T
}

/** `filters` of the engine's lists, as a query parameter. */
export function filters(filters: Readonly<Record<string, readonly string[]>>): string {
  return `filters=${encodeURIComponent(JSON.stringify(filters))}`
}

function textOf(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (chunk: string) => {
      text += chunk
    })
    answer.once('end', () => resolve(text))
    answer.once('error', (cause) => reject(new HarnessError(cause.message, { cause })))
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text.trim()
  }
}
