/** How the end of a message's body is found (RFC 9112, section 6.3). */
export type Framing =
  | { readonly how: 'length'; readonly bytes: number }
  | { readonly how: 'chunked' }
  /** Up to the end of the connection. */
  | { readonly how: 'rest' }
  /** What follows is no longer HTTP/1: a tunnel, an upgrade. */
  | { readonly how: 'tunnel' }

export interface Head {
  /** Without its line end: `GET /path HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly startLine: string
  /** Names in lower case; what comes more than once is joined by commas. */
  readonly headers: ReadonlyMap<string, string>
}

export type Piece =
  | { readonly kind: 'head'; readonly bytes: Buffer; readonly head: Head }
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  /** Bytes that are not part of an HTTP/1 message. The next data pushed may begin one. */
  | { readonly kind: 'other'; readonly bytes: Buffer }

export interface Dialect {
  /** Whether a message may begin so. Never asked about nothing. */
  mayBegin(text: string): boolean
  framing(head: Head): Framing
}

export interface MessageReader {
  push(data: Buffer): void
  /** The next piece of what was pushed, or undefined until more is. Every byte comes once, in order, in one piece. */
  next(): Piece | undefined
  /** What is kept back because it may yet become a head. */
  rest(): Buffer
  /** Whether the message that is coming in ends with the connection. */
  readonly endsWithConnection: boolean
}

const HEAD_LIMIT_BYTES = 64 * 1024
const LOOK_AT_BYTES = 512
const LINE_LIMIT_BYTES = 1024

type State =
  | { readonly in: 'head' }
  | { readonly in: 'body'; left: number }
  | { readonly in: 'chunk size' }
  | { readonly in: 'chunk'; left: number }
  | { readonly in: 'trailers' }
  | { readonly in: 'tunnel' }

/**
 * Finds where HTTP/1.1 messages begin and end in a stream, without changing a byte of it. Bodies are handed on as they
 * come; only a head is kept back until it is whole.
 */
export function createMessageReader({ mayBegin, framing }: Dialect): MessageReader {
  let data: Buffer = Buffer.alloc(0)
  let state: State = { in: 'head' }
  let endOwed = false

  function cut(bytes: number): Buffer {
    const piece = data.subarray(0, bytes)
    data = data.subarray(bytes)
    return piece
  }

  function messageEnds() {
    state = { in: 'head' }
    endOwed = true
  }

  function giveUp(): Piece {
    state = { in: 'head' }
    return { kind: 'other', bytes: cut(data.length) }
  }

  function readHead(): Piece | undefined {
    if (!mayBegin(data.toString('latin1', 0, LOOK_AT_BYTES))) return giveUp()
    const end = data.indexOf('\r\n\r\n')
    if (end === -1) return data.length > HEAD_LIMIT_BYTES ? giveUp() : undefined
    const head = parseHead(data.toString('latin1', 0, end))
    const body = framing(head)
    if (body.how === 'length' && !(body.bytes >= 0)) return giveUp()
    if (body.how === 'length') state = { in: 'body', left: body.bytes }
    else if (body.how === 'chunked') state = { in: 'chunk size' }
    else if (body.how === 'rest') state = { in: 'body', left: Number.POSITIVE_INFINITY }
    else state = { in: 'tunnel' }
    if (body.how === 'length' && body.bytes === 0) messageEnds()
    return { kind: 'head', bytes: cut(end + 4), head }
  }

  function readCounted(counted: { left: number }, whenAll: () => void): Piece {
    const bytes = cut(Math.min(counted.left, data.length))
    counted.left -= bytes.length
    if (counted.left === 0) whenAll()
    return { kind: 'body', bytes }
  }

  /** One line of a chunked body's own, with its line end. */
  function readLine(then: (line: string) => boolean): Piece | undefined {
    const end = data.indexOf('\r\n')
    if (end === -1) return data.length > LINE_LIMIT_BYTES ? giveUp() : undefined
    if (!then(data.toString('latin1', 0, end))) return giveUp()
    return { kind: 'body', bytes: cut(end + 2) }
  }

  function readChunkSize(): Piece | undefined {
    return readLine((line) => {
      const size = /^([\da-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1]
      if (size === undefined) return false
      const bytes = Number.parseInt(size, 16)
      // The chunk's own line end counts with it.
      state = bytes === 0 ? { in: 'trailers' } : { in: 'chunk', left: bytes + 2 }
      return true
    })
  }

  function readTrailer(): Piece | undefined {
    return readLine((line) => {
      if (line === '') messageEnds()
      return true
    })
  }

  return {
    push(more) {
      data = data.length === 0 ? more : Buffer.concat([data, more])
    },

    next() {
      if (endOwed) {
        endOwed = false
        return { kind: 'end' }
      }
      if (data.length === 0) return undefined
      switch (state.in) {
        case 'head':
          return readHead()
        case 'body':
          return readCounted(state, messageEnds)
        case 'chunk size':
          return readChunkSize()
        case 'chunk':
          return readCounted(state, () => {
            state = { in: 'chunk size' }
          })
        case 'trailers':
          return readTrailer()
        case 'tunnel':
          return { kind: 'body', bytes: cut(data.length) }
      }
    },

    rest: () => cut(data.length),
    get endsWithConnection() {
      return state.in === 'body' && state.left === Number.POSITIVE_INFINITY
    },
  }
}

function parseHead(text: string): Head {
  const [startLine = '', ...lines] = text.split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { startLine, headers }
}
