import type { Flow, Outlet } from '../toxic.ts'
import { statusOf } from './dialects.ts'
import type { Exchange, Reply } from './exchange.ts'
import type { Head } from './head.ts'
import { createHeldFlow } from './held-flow.ts'

/** The way down: passes responses, holds back or replaces those it was told to, and puts replies where they belong. */
export function createResponseFlow(outlet: Outlet, exchange: Exchange): Flow {
  const { responses: reader, pending } = exchange
  const responses = dealWithResponses(outlet, exchange)
  const held = createHeldFlow(
    () => {
      for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
        if (piece.kind === 'head') {
          const { bytes } = piece
          const delayMs = responses.begin(piece.head)
          if (delayMs > 0 && !held.hurried) {
            held.hold(() => responses.pass(bytes))
            return delayMs
          }
          responses.passOrReplace(bytes)
        } else if (piece.kind === 'body') {
          responses.passOrReplace(piece.bytes)
        } else if (piece.kind === 'end') {
          responses.finish()
        } else {
          exchange.lost = true
          responses.pass(piece.bytes)
        }
      }
      return 0
    },
    () => outlet.done(),
  )
  exchange.replyDue = responses.sendDue

  return {
    take(chunk) {
      if (!exchange.following || exchange.lost) {
        outlet.pass(chunk)
        return true
      }
      reader.push(chunk.data)
      return held.proceed()
    },
    end(ending) {
      const rest = reader.rest()
      if (rest.length > 0) responses.passOrReplace(rest)
      if (reader.endsWithConnection) responses.finish()
      outlet.end(ending)
    },
    interrupt: held.interrupt,
    leave() {
      if (pending.some(({ reply }) => reply !== undefined)) return false
      const rest = reader.rest()
      if (rest.length > 0) responses.pass(rest)
      return true
    },
  }
}

/** What becomes of responses, part by part. */
function dealWithResponses(outlet: Outlet, exchange: Exchange) {
  const { pending } = exchange
  /** Of the response that is coming in. */
  let current: Head | undefined

  const pass = (bytes: Buffer) => outlet.pass({ data: bytes, receivedAtMs: performance.now() })

  function send({ bytes, closes }: Reply) {
    pass(bytes)
    if (closes) outlet.end('close')
  }

  /** Sends the replies to requests that the server never saw, as far as it is their turn. */
  function sendDue() {
    for (
      let [first] = pending;
      first?.reply !== undefined && !first.forwarded && first.whole;
      [first] = pending
    ) {
      pending.shift()
      send(first.reply)
    }
  }

  return {
    pass,
    sendDue,

    passOrReplace(bytes: Buffer) {
      if (pending[0]?.reply === undefined) pass(bytes)
      else outlet.drop({ data: bytes, receivedAtMs: 0 })
    },

    /** Returns for how many ms the response's head is held back. */
    begin(head: Head): number {
      current = head
      const status = statusOf(head)
      if (status === 101) exchange.lost = true
      // An interim response, such as 100 Continue, is followed by the response itself.
      if (status < 200) return 0
      const [request] = pending
      if (request?.reply !== undefined) outlet.note('answered')
      return request?.delayMs ?? 0
    },

    /** All of a response has come. */
    finish() {
      if (current !== undefined && statusOf(current) < 200) return
      const request = pending.shift()
      if (request?.reply !== undefined) send(request.reply)
      sendDue()
    },
  }
}
