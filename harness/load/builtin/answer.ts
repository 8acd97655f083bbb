/** An HTTP/1 answer with its whole body. */
export interface Answer {
  readonly status: number
  /** Names in lower case; what comes more than once is joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

const none = Buffer.alloc(0)

/**
 * Reads the answer to one request from all that has been received since it was sent (RFC 9112).
 * @param closed nothing more will be received
 * @returns undefined while more must come
 * @throws when it is no answer of HTTP/1
 */
export function readAnswer(received: Buffer, method: string, closed: boolean): Answer | undefined {
  const headEnds = received.indexOf('\r\n\r\n')
  if (headEnds < 0) return undefined
  const [statusLine = '', ...fields] = received.toString('latin1', 0, headEnds).split('\r\n')
  if (!/^HTTP\/1\.[01] \d{3}/.test(statusLine)) throw new Error(`no HTTP answer: ${statusLine.slice(0, 40)}`)
  const rest = received.subarray(headEnds + 4)
  const status = Number(statusLine.slice(9, 12))
  // Informational: the answer itself is still to come.
  if (status < 200) return readAnswer(rest, method, closed)
  const headers = headersOf(fields)
  const body = bodyOf(rest, method, status, headers, closed)
  if (body === undefined) return undefined
  return { status, headers, text: body.toString() }
}

function headersOf(fields: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>()
  for (const field of fields) {
    const colon = field.indexOf(':')
    const name = field.slice(0, colon).toLowerCase()
    const value = field.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return headers
}

/** @returns the body, which has an end of its own or ends with the connection; undefined while more must come */
function bodyOf(
  rest: Buffer,
  method: string,
  status: number,
  headers: ReadonlyMap<string, string>,
  closed: boolean,
): Buffer | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return none
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return unchunk(rest)
  const length = headers.get('content-length')
  if (length !== undefined) {
    const bytes = Number(length)
    return rest.length < bytes ? undefined : rest.subarray(0, bytes)
  }
  return closed ? rest : undefined
}

function unchunk(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnds = rest.indexOf('\r\n', at)
    if (lineEnds < 0) return undefined
    const size = Number.parseInt(rest.toString('latin1', at, lineEnds), 16)
    if (Number.isNaN(size)) throw new Error('a chunk without a size')
    const from = lineEnds + 2
    // The last chunk is empty; after it come trailers, up to an empty line.
    if (size === 0) return rest.indexOf('\r\n\r\n', lineEnds) < 0 ? undefined : Buffer.concat(chunks)
    if (rest.length < from + size + 2) return undefined
    chunks.push(rest.subarray(from, from + size))
    at = from + size + 2
  }
}
