import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { HarnessError } from '../../errors.ts'

/** How long a service may take to be ready, ms; generous, for a cold and busy machine. */
const patienceMs = 40_000
const everyMs = 20

/**
 * Waits until `probe` says yes. Gives up when the process has ended, time is over or the run is aborted.
 * @throws HarnessError naming the service, its log and the log's last lines.
 */
export async function untilReady(
  service: {
    name: string
    log: string
    hasEnded: () => { code: number | null; signal: string | null } | undefined
  },
  probe: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await probe())) {
    signal.throwIfAborted()
    const ended = service.hasEnded()
    if (ended !== undefined)
      throw new HarnessError(
        `${service.name} ended while starting (${ended.signal ?? `exit code ${ended.code}`}): ${lastLines(service.log)}`,
        { lookAt: [service.log] },
      )
    if (performance.now() > deadline)
      throw new HarnessError(
        `${service.name} was not ready within ${patienceMs / 1000} s: ${lastLines(service.log)}`,
        { lookAt: [service.log] },
      )
    await sleep(everyMs)
  }
}

/** One request on a connection of its own: asked many times a second while a network comes up, so it must be cheap. */
export function answersHttp(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(url, { agent: false, timeout: 1000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.once('error', () => resolve(false))
    asked.once('timeout', () => {
      asked.destroy()
      resolve(false)
    })
  })
}

export async function answersPostgres(url: string): Promise<boolean> {
  // A refused connection is cheap to see; the client is made only once something listens.
  if (!(await accepts(new URL(url)))) return false
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function accepts({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** The end of a log, for an error message: at most three lines, one line long. */
export function lastLines(log: string): string {
  try {
    const text = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join(' | ')
    return text === '' ? 'it logged nothing' : `it last logged: ${text.slice(-600)}`
  } catch {
    return 'it has no log'
  }
}
