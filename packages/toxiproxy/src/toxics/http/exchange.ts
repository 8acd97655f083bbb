import { requests, responsesTo } from './dialects.ts'
import { createMessageReader, type MessageReader } from './message-reader.ts'

/** What is sent to the client in place of what the server says. */
export interface Reply {
  readonly bytes: Buffer
  /** The connection ends behind it. */
  readonly closes: boolean
}

/** A request whose response has not been dealt with. */
export interface Pending {
  readonly method: string
  /** False: the server never sees it, and the reply is all there will be. */
  readonly forwarded: boolean
  readonly reply?: Reply
  /** By how much its response is held back. */
  readonly delayMs: number
  /** All of the request has come. */
  whole: boolean
}

/**
 * What one HTTP toxic knows of one connection: the request side, on the way up, and the response side, on the way
 * down, meet here. Responses go out in the order of their requests, those that the toxic makes up among them.
 */
export interface Exchange {
  readonly requests: MessageReader
  readonly responses: MessageReader
  readonly pending: Pending[]
  /** A request has been seen from its first byte: from now on both streams are read as HTTP. */
  following: boolean
  /** The streams are not, or no longer, HTTP/1: they pass untouched. */
  lost: boolean
  /** Of the request that is coming in, the body goes nowhere. */
  swallowing: boolean
  /** Called when a reply may have become due. */
  replyDue: () => void
}

export function createExchange(): Exchange {
  const pending: Pending[] = []
  return {
    requests: createMessageReader(requests),
    responses: createMessageReader(responsesTo(() => pending[0]?.method ?? 'GET')),
    pending,
    following: false,
    lost: false,
    swallowing: false,
    replyDue: () => {},
  }
}
