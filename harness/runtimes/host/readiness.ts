import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { HarnessError, messageOf } from '../../errors.ts'
import { roundTrip, tellTrip } from '../../faults/probe.ts'
import type { Spoken } from '../../model/service.ts'
import { type Exit, tellExit } from '../lives.ts'

/** How long a service may take to be ready, ms; generous, for a cold and busy machine. */
const patienceMs = 40_000
const everyMs = 20
/** How long one question may take, ms. */
const answerMs = 1000

/** The answer to one question: ready, or what was said instead. */
export type Answer = 'ready' | { readonly said: string }

/**
 * Waits until `ask` says that a service is ready. Gives up when the process has ended, time is over or the run is aborted.
 * @throws HarnessError naming the service, its last answer, its log and the log's last lines.
 */
export async function untilReady(
  service: { name: string; log: string; hasEnded: () => Exit | undefined },
  ask: () => Promise<Answer>,
  signal: AbortSignal,
  withinMs = patienceMs,
): Promise<void> {
  const deadline = performance.now() + withinMs
  const failed = (what: string): HarnessError =>
    new HarnessError(`${service.name} ${what}: ${lastLines(service.log)}`, { lookAt: [service.log] })
  for (;;) {
    const answer = await ask()
    if (answer === 'ready') return
    signal.throwIfAborted()
    const ended = service.hasEnded()
    if (ended !== undefined) throw failed(`ended while starting (${tellExit(ended)})`)
    if (performance.now() > deadline)
      throw failed(`was not ready within ${withinMs / 1000} s (${answer.said})`)
    await sleep(everyMs)
  }
}

/**
 * Ready is a status of 200 to 299, or the one given. One request on a connection of its own: asked many times a second while a network
 * comes up, so it must be cheap.
 */
export function answersHttp(url: string, wanted?: number): Promise<Answer> {
  return new Promise((resolve) => {
    const not = (said: string): void => resolve({ said: `${url}: ${said}` })
    const asked = get(url, { agent: false, timeout: answerMs }, (answer) => {
      const { statusCode, headers } = answer
      answer.resume()
      const good = wanted === undefined ? statusCode! >= 200 && statusCode! < 300 : statusCode === wanted
      if (good) return resolve('ready')
      not(`status ${statusCode}${headers.location === undefined ? '' : ` to ${headers.location}`}`)
    })
    asked.once('error', (error) => not(messageOf(error)))
    asked.once('timeout', () => {
      not(`no answer within ${answerMs / 1000} s`)
      asked.destroy()
    })
  })
}

export async function answersPostgres(url: string): Promise<Answer> {
  // A refused connection is cheap to see; the client is made only once something listens.
  const refused = await refusal(new URL(url))
  if (refused !== undefined) return { said: `${url}: ${refused}` }
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMs })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return 'ready'
  } catch (error) {
    return { said: `${url}: ${messageOf(error)}` }
  } finally {
    await client.end().catch(() => {})
  }
}

/** Ready is what the probe of a fault takes for an answer; of Redis a PONG, for it also says that it is still loading. */
export async function answersProbe(url: string, spoken: Spoken): Promise<Answer> {
  const { hostname: host, port } = new URL(url)
  const trip = await roundTrip(
    { host, port: Number(port), ...spoken },
    answerMs,
    new AbortController().signal,
  )
  if (!trip.answered) return { said: `${url}: ${tellTrip(trip)}` }
  const good = spoken.protocol !== 'redis' || trip.begins.startsWith('+PONG')
  return good ? 'ready' : { said: `${url}: ${trip.begins.split('\r\n')[0]}` }
}

/** Why nothing accepts there; undefined when something does. */
function refusal({ hostname, port }: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once('error', (error) => resolve(messageOf(error)))
    socket.once('connect', () => {
      resolve(undefined)
      socket.destroy()
    })
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
