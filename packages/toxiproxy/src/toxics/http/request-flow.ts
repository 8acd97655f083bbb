import type { Flow, Outlet } from '../toxic.ts'
import { type RequestLine, requestLine } from './dialects.ts'
import type { Exchange, Reply } from './exchange.ts'
import type { Head } from './head.ts'
import { createHeldFlow } from './held-flow.ts'

/** What an HTTP toxic does with a request. */
export type Verdict =
  | { readonly how: 'pass' }
  /** The server never sees the request. */
  | { readonly how: 'answer'; readonly reply: Reply }
  /** The server does its work, and its response is thrown away. */
  | { readonly how: 'replace'; readonly reply: Reply }
  | { readonly how: 'delay request'; readonly delayMs: number }
  | { readonly how: 'delay response'; readonly delayMs: number }

export type Judge = (request: RequestLine, head: Head) => Verdict

/** The way up: reads the requests, and passes, holds or swallows each as it is judged. */
export function createRequestFlow(outlet: Outlet, exchange: Exchange, judge: Judge): Flow {
  const { requests: reader } = exchange
  const requests = dealWithRequests(outlet, exchange, judge)
  const held = createHeldFlow(
    () => {
      for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
        if (piece.kind === 'head') {
          const { bytes } = piece
          const delayMs = requests.begin(piece.head)
          if (delayMs > 0 && !held.hurried) {
            held.hold(() => requests.pass(bytes))
            return delayMs
          }
          requests.passOrSwallow(bytes)
        } else if (piece.kind === 'body') {
          requests.passOrSwallow(piece.bytes)
        } else if (piece.kind === 'end') {
          requests.finish()
        } else {
          if (exchange.following) exchange.lost = true
          requests.pass(piece.bytes)
        }
      }
      return 0
    },
    () => outlet.done(),
  )

  return {
    take(chunk) {
      if (exchange.lost) {
        outlet.pass(chunk)
        return true
      }
      reader.push(chunk.data)
      return held.proceed()
    },
    end(ending) {
      const rest = reader.rest()
      if (rest.length > 0) requests.pass(rest)
      outlet.end(ending)
    },
    interrupt: held.interrupt,
    leave() {
      if (exchange.swallowing) return false
      const rest = reader.rest()
      if (rest.length > 0) requests.pass(rest)
      return true
    },
  }
}

/** What becomes of requests, part by part. */
function dealWithRequests(outlet: Outlet, exchange: Exchange, judge: Judge) {
  const pass = (bytes: Buffer) => outlet.pass({ data: bytes, receivedAtMs: performance.now() })

  return {
    pass,

    passOrSwallow(bytes: Buffer) {
      if (exchange.swallowing) outlet.drop({ data: bytes, receivedAtMs: 0 })
      else pass(bytes)
    },

    /** Has a request judged, and notes what is to become of it. Returns for how many ms its head is held back. */
    begin(head: Head): number {
      exchange.following = true
      const line = requestLine(head)
      const verdict = judge(line, head)
      exchange.swallowing = verdict.how === 'answer'
      exchange.pending.push({
        method: line.method,
        forwarded: verdict.how !== 'answer',
        ...('reply' in verdict && { reply: verdict.reply }),
        delayMs: verdict.how === 'delay response' ? verdict.delayMs : 0,
        whole: false,
      })
      if (exchange.swallowing) outlet.note('answered')
      return verdict.how === 'delay request' ? verdict.delayMs : 0
    },

    /** All of a request has come. */
    finish() {
      exchange.swallowing = false
      const request = exchange.pending.at(-1)
      if (request !== undefined) request.whole = true
      exchange.replyDue()
    },
  }
}
