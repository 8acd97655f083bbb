import { connect } from 'node:net'
import type { LinkAddress } from '../model/topology.ts'

/** The result of one look through a link. `client`: address and port of its connection, if there was one. */
export type RoundTrip = { readonly tookMs: number; readonly client?: string } & (
  | { readonly answered: true; readonly bytes: number }
  | { readonly answered: false; readonly how: 'refused' | 'reset' | 'closed' | 'silent' }
)

/** A PostgreSQL client's first question: "do you speak TLS?" (length 8, code 80877103); the server answers one byte. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])

/** `StartupMessage` of a user that is not there: the server answers it with an error, whatever its length. */
function startupMessage(bytes: number): Buffer {
  const text = `user\0probe\0application_name\0`
  const rest = Math.max(0, bytes - 8 - text.length - 2)
  const body = Buffer.from(`${text}${'x'.repeat(rest)}\0\0`)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.writeUInt32BE(0x30000, 4)
  return Buffer.concat([head, body])
}

function question({ protocol }: LinkAddress, { wantBytes = 0, requestBytes = 0, ending }: Asked): Buffer {
  if (protocol === 'postgres') return requestBytes > 0 ? startupMessage(requestBytes) : sslRequest
  const path = `/health${wantBytes > 0 ? `?bytes=${wantBytes}` : ''}`
  const close = ending === 'close' ? 'Connection: close\r\n' : ''
  const head = `GET ${path} HTTP/1.1\r\nHost: probe\r\n${close}`
  const end = '\r\n'
  const padding = 'X-Padding: '
  const missing = requestBytes - head.length - padding.length - 2 * end.length
  return Buffer.from(missing > 0 ? `${head}${padding}${'x'.repeat(missing)}${end}${end}` : `${head}${end}`)
}

/** What a look asks, and how long its question is. */
interface Asked {
  /** Asks for a body of so many bytes (`/health?bytes=…`) and reads it all: for throttled links. */
  readonly wantBytes?: number
  /** Makes the question so many bytes long: for links that lose large packets. */
  readonly requestBytes?: number
  /** How the connection is to end. Default: kept alive, so that an answer held back does not end by a close. */
  readonly ending?: ProbeEnding
}

/** `close`: asks the server to close after its answer. `half-close`: closes its own side once it has asked. */
export type ProbeEnding = 'kept-alive' | 'close' | 'half-close'

/**
 * One round trip through a link on a connection of its own, as a stranger would make it: an HTTP request to the shallow
 * health of whatever is behind, or PostgreSQL's first exchange.
 */
export function roundTrip(
  link: LinkAddress,
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
      socket.write(question(link, asked))
      if (asked.ending === 'half-close') socket.end()
    })
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes >= Math.max(1, wantBytes)) finish({ answered: true, bytes })
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish({ answered: false, how: error.code === 'ECONNREFUSED' ? 'refused' : 'reset' }),
    )
    // The other side has closed: without an answer that is one too.
    socket.on('end', () => socket.destroy())
    socket.on('close', () =>
      finish(wantBytes > 0 || bytes === 0 ? { answered: false, how: 'closed' } : { answered: true, bytes }),
    )
  })
}

/** A look in words. */
export function tell(link: LinkAddress, trip: RoundTrip): string {
  return `probe through ${link.name}: ${tellTrip(trip)}`
}

export function tellTrip(trip: RoundTrip): string {
  return trip.answered
    ? `answered in ${Math.round(trip.tookMs)} ms`
    : {
        refused: 'connection refused',
        reset: 'connection reset',
        closed: 'connection closed without an answer',
        silent: `connected, no byte in ${Math.round(trip.tookMs)} ms`,
      }[trip.how]
}
