import { connect } from 'node:net'
import type { LinkAddress } from '../model/topology.ts'
import { type Asked, question } from './questions.ts'

/** The result of one look through a link. `client`: address and port of its connection, if there was one. */
export type RoundTrip = {
  readonly tookMs: number
  readonly client?: string
} /** `begins`: the first of what was heard. No bytes: who only can be connected to kept the connection. */ & (
  | { readonly answered: true; readonly bytes: number; readonly begins: string }
  | { readonly answered: false; readonly how: 'refused' | 'reset' | 'closed' | 'silent' }
)

/** How long a connection must stay open where nothing is said on it, ms: a proxy whose upstream is gone closes it sooner. */
const keptMs = 100

/** How much of an answer is kept, bytes. */
const beginsBytes = 200

/**
 * One round trip on a connection of its own, as a stranger would make it: an HTTP request to the shallow health of whatever
 * is behind, PostgreSQL's first exchange, Redis's PING, or what a server on plain TCP answers.
 * @param link a link, or a service itself
 */
export function roundTrip(
  link: Pick<LinkAddress, 'host' | 'port' | 'protocol' | 'ask'>,
  timeoutMs: number,
  signal: AbortSignal,
  asked: Asked = {},
): Promise<RoundTrip> {
  const { wantBytes = 0 } = asked
  return new Promise((resolve) => {
    const from = performance.now()
    const socket = connect({ host: link.host, port: link.port, noDelay: true, allowHalfOpen: true })
    let client: string | undefined
    let bytes = 0
    let begins = ''
    let done = false
    const finish = (how: 'answered' | Extract<RoundTrip, { answered: false }>['how']): void => {
      if (done) return
      done = true
      clearTimeout(timer)
      clearTimeout(kept)
      signal.removeEventListener('abort', silent)
      socket.destroy()
      const trip =
        how === 'answered' ? { answered: true as const, bytes, begins } : { answered: false as const, how }
      resolve({ ...trip, tookMs: performance.now() - from, ...(client !== undefined && { client }) })
    }
    const silent = (): void => finish('silent')
    const timer = setTimeout(silent, timeoutMs)
    let kept: NodeJS.Timeout | undefined
    signal.addEventListener('abort', silent, { once: true })
    socket.on('connect', () => {
      client = `${socket.localAddress}:${socket.localPort}`
      const first = question(link, asked)
      if (first === null) kept = setTimeout(() => finish('answered'), keptMs)
      else if (first.length > 0) socket.write(first)
      if (asked.ending === 'half-close') socket.end()
    })
    socket.on('data', (chunk) => {
      bytes += chunk.length
      begins += chunk.toString('latin1', 0, Math.max(0, beginsBytes - begins.length))
      if (bytes >= Math.max(1, wantBytes)) finish('answered')
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'),
    )
    // The other side has closed: without an answer that is one too.
    socket.on('end', () => socket.destroy())
    socket.on('close', () => finish(wantBytes > 0 || bytes === 0 ? 'closed' : 'answered'))
  })
}

/** A look in words. */
export function tell(link: LinkAddress, trip: RoundTrip): string {
  return `probe through ${link.name}: ${tellTrip(trip)}`
}

export function tellTrip(trip: RoundTrip): string {
  const ms = Math.round(trip.tookMs)
  if (trip.answered) return trip.bytes > 0 ? `answered in ${ms} ms` : `connected, and stayed so for ${ms} ms`
  return {
    refused: 'connection refused',
    reset: 'connection reset',
    closed: 'connection closed without an answer',
    silent: `connected, no byte in ${ms} ms`,
  }[trip.how]
}
