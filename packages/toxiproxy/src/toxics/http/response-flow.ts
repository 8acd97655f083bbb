import { after, type Cancel } from '../../timer.ts'
import type { Flow, Outlet } from '../toxic.ts'
import { statusOf } from './dialects.ts'
import type { Exchange, Reply } from './exchange.ts'
import type { Head } from './message-reader.ts'

/** The way down: passes responses, holds back or replaces those it was told to, and puts replies where they belong. */
export function createResponseFlow(outlet: Outlet, exchange: Exchange): Flow {
  const { responses: reader, pending } = exchange
  let cancel: Cancel | undefined
  let release: (() => void) | undefined
  let hurried = false
  /** Of the response that is coming in. */
  let current: Head | undefined

  const pass = (bytes: Buffer) => outlet.pass({ data: bytes, receivedAtMs: performance.now() })

  function passOrReplace(bytes: Buffer) {
    if (pending[0]?.reply === undefined) pass(bytes)
    else outlet.drop({ data: bytes, receivedAtMs: 0 })
  }

  function send({ bytes, closes }: Reply) {
    pass(bytes)
    if (closes) outlet.end('close')
  }

  /** Replies to requests that the server never saw, as far as it is their turn. */
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

  function begin(bytes: Buffer, head: Head): number {
    const [request] = pending
    const status = statusOf(head)
    if (status === 101) exchange.lost = true
    const interim = status < 200
    if (request?.reply !== undefined && !interim) outlet.note('answered')
    if (request !== undefined && request.delayMs > 0 && !interim && !hurried) {
      release = () => pass(bytes)
      return request.delayMs
    }
    passOrReplace(bytes)
    return 0
  }

  function finish(head: Head | undefined) {
    // An interim response, such as 100 Continue, is followed by the response itself.
    if (head !== undefined && statusOf(head) < 200) return
    const request = pending.shift()
    if (request?.reply !== undefined) send(request.reply)
    sendDue()
  }

  function proceed(): number {
    for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
      if (piece.kind === 'head') {
        current = piece.head
        const delayMs = begin(piece.bytes, piece.head)
        if (delayMs > 0) return delayMs
      } else if (piece.kind === 'body') {
        passOrReplace(piece.bytes)
      } else if (piece.kind === 'end') {
        finish(current)
      } else {
        exchange.lost = true
        pass(piece.bytes)
      }
    }
    return 0
  }

  function proceedOrWait(): boolean {
    const delayMs = proceed()
    if (delayMs === 0) return true
    cancel = after(delayMs, () => {
      release?.()
      release = undefined
      if (proceedOrWait()) outlet.done()
    })
    return false
  }

  exchange.replyDue = sendDue

  return {
    take(chunk) {
      if (!exchange.following || exchange.lost) {
        outlet.pass(chunk)
        return true
      }
      reader.push(chunk.data)
      return proceedOrWait()
    },
    end(ending) {
      const rest = reader.rest()
      if (rest.length > 0) passOrReplace(rest)
      if (reader.endsWithConnection) finish(current)
      outlet.end(ending)
    },
    interrupt() {
      cancel?.()
      release?.()
      release = undefined
      hurried = true
      proceed()
      hurried = false
    },
    leave() {
      if (pending.some(({ reply }) => reply !== undefined)) return false
      const rest = reader.rest()
      if (rest.length > 0) pass(rest)
      return true
    },
  }
}
