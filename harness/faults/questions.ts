import type { Protocol, Spoken } from '../model/service.ts'

/** What a look asks, and how long its question is. */
export interface Asked {
  /** Asks for an answer of so many bytes, and reads it all: for throttled links. */
  readonly wantBytes?: number
  /** Makes the question so many bytes long: for links that lose large packets. */
  readonly requestBytes?: number
  /** How the connection is to end. Default: kept alive, so that an answer held back does not end by a close. */
  readonly ending?: ProbeEnding
}

/** `close`: asks the server to close after its answer. `half-close`: closes its own side once it has asked. */
export type ProbeEnding = 'kept-alive' | 'close' | 'half-close'

/**
 * What a stranger says first on a connection, in its protocol. Empty: the server speaks first. Null: nobody knows what is
 * answered, so there is nothing to ask.
 */
export function question({ protocol, ask }: Spoken, asked: Asked): Buffer | null {
  switch (protocol) {
    case 'http':
      return httpQuestion(asked)
    case 'postgres':
      return asked.requestBytes === undefined ? sslRequest : startupMessage(asked.requestBytes)
    case 'redis':
      return redisQuestion(asked)
    case 'tcp':
      return ask === undefined ? null : Buffer.from(ask, 'latin1')
  }
}

/** What can be had of who answers: a sign of life, a question as long as one likes, an answer likewise, an end when asked. */
export type Answering = 'an answer' | 'a long question' | 'a long answer' | 'an end after its answer'

/** What a probe can have of who speaks this. */
export function canHave(spoken: Spoken, what: Answering): boolean {
  if (spoken.protocol === 'tcp') return what === 'an answer' && spoken.ask !== undefined
  return answering[spoken.protocol].includes(what)
}

const all: readonly Answering[] = ['an answer', 'a long question', 'a long answer', 'an end after its answer']
const answering: Readonly<Record<Exclude<Protocol, 'tcp'>, readonly Answering[]>> = {
  http: all,
  postgres: ['an answer', 'a long question'],
  redis: all,
}

/** `/health?bytes=…` is answered by a body of so many bytes. */
function httpQuestion({ wantBytes = 0, requestBytes = 0, ending }: Asked): Buffer {
  const path = `/health${wantBytes > 0 ? `?bytes=${wantBytes}` : ''}`
  const close = ending === 'close' ? 'Connection: close\r\n' : ''
  const head = `GET ${path} HTTP/1.1\r\nHost: probe\r\n${close}`
  const end = '\r\n'
  const padding = 'X-Padding: '
  const missing = requestBytes - head.length - padding.length - 2 * end.length
  return Buffer.from(missing > 0 ? `${head}${padding}${'x'.repeat(missing)}${end}${end}` : `${head}${end}`)
}

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

/**
 * `PING` is answered `+PONG`; of a length, `ECHO`, which is answered by what it says; then `QUIT`, if the server is to
 * close. Needs no password: without one the answer is an error, which is an answer too.
 */
function redisQuestion({ wantBytes = 0, requestBytes = 0, ending }: Asked): Buffer {
  const around = redisCommand('ECHO', 'x'.repeat(requestBytes)).length - requestBytes
  const bytes = Math.max(wantBytes, requestBytes - around)
  const first = bytes > 0 ? redisCommand('ECHO', 'x'.repeat(bytes)) : redisCommand('PING')
  return Buffer.from(ending === 'close' ? first + redisCommand('QUIT') : first)
}

/** RESP: an array of texts, each after its length. */
function redisCommand(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
}
