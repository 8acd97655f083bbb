import { connect } from 'node:net'
import type { LinkAddress } from '../runtimes/runtime.ts'

/** What came of one look through a link. `client`: address and port of its connection, if there was one. */
export type RoundTrip = { readonly tookMs: number; readonly client?: string } & (
  | { readonly answered: true; readonly bytes: number }
  | { readonly answered: false; readonly how: 'refused' | 'reset' | 'closed' | 'silent' }
)

/** A PostgreSQL client's first question: "do you speak TLS?" (length 8, code 80877103); the server answers one byte. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/**
 * One round trip through a link on a connection of its own, as a stranger would make it: an HTTP request to the shallow
 * health of whatever is behind, or PostgreSQL's first exchange.
 * @param wantBytes asks for a body of so many bytes (`/health?bytes=…`) and reads it all: for throttled links
 */
export function roundTrip(
  link: LinkAddress,
  timeoutMs: number,
  signal: AbortSignal,
  wantBytes = 0,
): Promise<RoundTrip> {
  return new Promise((resolve) => {
    const from = performance.now()
    const socket = connect({ host: link.host, port: link.port, noDelay: true })
    let client: string | undefined
    let bytes = 0
    let done = false
    const finish = (
      trip:
        | { answered: true; bytes: number }
        | { answered: false; how: 'refused' | 'reset' | 'closed' | 'silent' },
    ): void => {
      if (done) return
      done = true
      clearTimeout(timer)
      signal.removeEventListener('abort', silent)
      socket.destroy()
      resolve({ ...trip, tookMs: performance.now() - from, ...(client !== undefined && { client }) })
    }
    const silent = (): void => finish({ answered: false, how: 'silent' })
    const timer = setTimeout(silent, timeoutMs)
    signal.addEventListener('abort', silent, { once: true })
    socket.on('connect', () => {
      client = `${socket.localAddress}:${socket.localPort}`
      if (link.protocol === 'postgres') socket.write(sslRequest)
      // Kept alive on purpose: an answer that is held back must not end by the server's closing.
      else
        socket.write(
          `GET /health${wantBytes > 0 ? `?bytes=${wantBytes}` : ''} HTTP/1.1\r\nHost: probe\r\n\r\n`,
        )
    })
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes >= Math.max(1, wantBytes)) finish({ answered: true, bytes })
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish({ answered: false, how: error.code === 'ECONNREFUSED' ? 'refused' : 'reset' }),
    )
    socket.on('close', () =>
      finish(wantBytes > 0 || bytes === 0 ? { answered: false, how: 'closed' } : { answered: true, bytes }),
    )
  })
}

/** A round trip in words. */
export function tell(link: LinkAddress, trip: RoundTrip): string {
  const what = trip.answered
    ? `answered in ${Math.round(trip.tookMs)} ms`
    : {
        refused: 'connection refused',
        reset: 'connection reset',
        closed: 'connection closed without an answer',
        silent: `connected, no byte in ${Math.round(trip.tookMs)} ms`,
      }[trip.how]
  return `probe through ${link.name}: ${what}`
}
