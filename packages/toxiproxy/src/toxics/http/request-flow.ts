import { after, type Cancel } from '../../timer.ts'
import type { Flow, Outlet } from '../toxic.ts'
import { type RequestLine, requestLine } from './dialects.ts'
import type { Exchange, Reply } from './exchange.ts'
import type { Head } from './message-reader.ts'

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
  let cancel: Cancel | undefined
  /** Lets go of the request that is held back. */
  let release: (() => void) | undefined
  let hurried = false

  const pass = (bytes: Buffer) => outlet.pass({ data: bytes, receivedAtMs: performance.now() })
  const drop = (bytes: Buffer) => outlet.drop({ data: bytes, receivedAtMs: 0 })

  function begin(bytes: Buffer, head: Head): number {
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
    if (exchange.swallowing) {
      outlet.note('answered')
      drop(bytes)
    } else if (verdict.how === 'delay request' && verdict.delayMs > 0 && !hurried) {
      release = () => pass(bytes)
      return verdict.delayMs
    } else {
      pass(bytes)
    }
    return 0
  }

  /** Deals with what has been read. Returns by how much it is held up, or 0 when all is dealt with. */
  function proceed(): number {
    for (let piece = reader.next(); piece !== undefined; piece = reader.next()) {
      if (piece.kind === 'head') {
        const delayMs = begin(piece.bytes, piece.head)
        if (delayMs > 0) return delayMs
      } else if (piece.kind === 'body') {
        if (exchange.swallowing) drop(piece.bytes)
        else pass(piece.bytes)
      } else if (piece.kind === 'end') {
        exchange.swallowing = false
        const request = exchange.pending.at(-1)
        if (request !== undefined) request.whole = true
        exchange.replyDue()
      } else {
        if (exchange.following) exchange.lost = true
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

  return {
    take(chunk) {
      if (exchange.lost) {
        outlet.pass(chunk)
        return true
      }
      reader.push(chunk.data)
      return proceedOrWait()
    },
    end(ending) {
      const rest = reader.rest()
      if (rest.length > 0) pass(rest)
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
      if (exchange.swallowing) return false
      const rest = reader.rest()
      if (rest.length > 0) pass(rest)
      return true
    },
  }
}
