import { type Head, parseHead } from './head.ts'

/** How the end of a message's body is found (RFC 9112, section 6.3). */
export type Framing =
  | { readonly how: 'length'; readonly bytes: number }
  | { readonly how: 'chunked' }
  /** Up to the end of the connection. */
  | { readonly how: 'rest' }
  /** What follows is no longer HTTP/1: a tunnel, an upgrade. */
  | { readonly how: 'tunnel' }

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

/** How far a stream has been read. */
interface Reading {
  /** What was pushed and has not come out yet. */
  data: Buffer
  state: State
  /** A message is over, and its end has not come out yet. */
  endOwed: boolean
}

/**
 * Finds where HTTP/1.1 messages begin and end in a stream, without changing a byte of it. Bodies are handed on as they
 * come; only a head is kept back until it is whole.
 */
export function createMessageReader(dialect: Dialect): MessageReader {
  const reading: Reading = { data: Buffer.alloc(0), state: { in: 'head' }, endOwed: false }
  return {
    push(more) {
      reading.data = reading.data.length === 0 ? more : Buffer.concat([reading.data, more])
    },
    next() {
      if (reading.endOwed) {
        reading.endOwed = false
        return { kind: 'end' }
      }
      return reading.data.length === 0 ? undefined : read(reading, dialect)
    },
    rest: () => cut(reading, reading.data.length),
    get endsWithConnection() {
      return reading.state.in === 'body' && reading.state.left === Number.POSITIVE_INFINITY
    },
  }
}

function read(reading: Reading, dialect: Dialect): Piece | undefined {
  const { state } = reading
  switch (state.in) {
    case 'head':
      return readHead(reading, dialect)
    case 'body':
      return readCounted(reading, state, messageEnds)
    case 'chunk size':
      return readChunkSize(reading)
    case 'chunk':
      return readCounted(reading, state, chunkEnds)
    case 'trailers':
      return readTrailer(reading)
    case 'tunnel':
      return { kind: 'body', bytes: cut(reading, reading.data.length) }
  }
}

function cut(reading: Reading, bytes: number): Buffer {
  const piece = reading.data.subarray(0, bytes)
  reading.data = reading.data.subarray(bytes)
  return piece
}

function messageEnds(reading: Reading): void {
  reading.state = { in: 'head' }
  reading.endOwed = true
}

function chunkEnds(reading: Reading): void {
  reading.state = { in: 'chunk size' }
}

function giveUp(reading: Reading): Piece {
  reading.state = { in: 'head' }
  return { kind: 'other', bytes: cut(reading, reading.data.length) }
}

function readHead(reading: Reading, { mayBegin, framing }: Dialect): Piece | undefined {
  const { data } = reading
  if (!mayBegin(data.toString('latin1', 0, LOOK_AT_BYTES))) return giveUp(reading)
  const end = data.indexOf('\r\n\r\n')
  if (end === -1) return data.length > HEAD_LIMIT_BYTES ? giveUp(reading) : undefined
  const head = parseHead(data.toString('latin1', 0, end))
  const body = framing(head)
  if (body.how === 'length' && !(body.bytes >= 0)) return giveUp(reading)
  reading.state = stateBehind(body)
  if (body.how === 'length' && body.bytes === 0) messageEnds(reading)
  return { kind: 'head', bytes: cut(reading, end + 4), head }
}

function stateBehind(body: Framing): State {
  switch (body.how) {
    case 'length':
      return { in: 'body', left: body.bytes }
    case 'chunked':
      return { in: 'chunk size' }
    case 'rest':
      return { in: 'body', left: Number.POSITIVE_INFINITY }
    case 'tunnel':
      return { in: 'tunnel' }
  }
}

function readCounted(
  reading: Reading,
  counted: { left: number },
  whenAll: (reading: Reading) => void,
): Piece {
  const bytes = cut(reading, Math.min(counted.left, reading.data.length))
  counted.left -= bytes.length
  if (counted.left === 0) whenAll(reading)
  return { kind: 'body', bytes }
}

/** One line of a chunked body's own, with its line end. `accept`: whether it may stand there. */
function readLine(reading: Reading, accept: (line: string) => boolean): Piece | undefined {
  const end = reading.data.indexOf('\r\n')
  if (end === -1) return reading.data.length > LINE_LIMIT_BYTES ? giveUp(reading) : undefined
  if (!accept(reading.data.toString('latin1', 0, end))) return giveUp(reading)
  return { kind: 'body', bytes: cut(reading, end + 2) }
}

function readChunkSize(reading: Reading): Piece | undefined {
  return readLine(reading, (line) => {
    const size = /^([\da-f]{1,12})[ \t]*(;|$)/i.exec(line)?.[1]
    if (size === undefined) return false
    const bytes = Number.parseInt(size, 16)
    // The chunk's own line end counts with it.
    reading.state = bytes === 0 ? { in: 'trailers' } : { in: 'chunk', left: bytes + 2 }
    return true
  })
}

function readTrailer(reading: Reading): Piece | undefined {
  return readLine(reading, (line) => {
    if (line === '') messageEnds(reading)
    return true
  })
}
