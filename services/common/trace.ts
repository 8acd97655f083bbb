import { randomBytes } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import type { Log } from './log.ts'
import type { Problem } from './problem.ts'

/** W3C Trace Context, version 00: the trace, and the request that asks. https://www.w3.org/TR/trace-context/ */
const shape = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/

/** An answer that takes longer than this is told too, in ms. † ours: a quarter of what users wait. */
const slowMs = 500

export const traceHeader = 'traceparent'

/** Undefined where it has none, or one that is none. */
export function traceparentOf(request: Request): string | undefined {
  const shown = request.get(traceHeader)
  return shown !== undefined && shape.test(shown) ? shown : undefined
}

/** The same trace, asked for by a request of our own. */
export function nextTraceparent(traceparent: string): string {
  const [, trace, flags] = shape.exec(traceparent) ?? []
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`
}

/**
 * Logs of each request that belongs to a trace what went wrong with it here: a refusal, a long wait, a caller who went.
 * One line, at its end, with the trace's id; of what went well nothing.
 */
export function tellsTrouble(log: Log): RequestHandler {
  return (request, response, next) => {
    const trace = shape.exec(request.get(traceHeader) ?? '')?.[1]
    if (trace === undefined) return next()
    const cameAt = performance.now()
    response.once('close', () => {
      const tookMs = Math.round(performance.now() - cameAt)
      const isAnswered = response.writableFinished
      const { statusCode: status } = response
      if (isAnswered && status < 400 && tookMs < slowMs) return
      const { method, path } = request
      const problem = response.locals.problem as Problem | undefined
      log.info(
        {
          trace,
          method,
          path,
          tookMs,
          ...(isAnswered && { status }),
          ...(problem !== undefined && { code: problem.code }),
        },
        isAnswered ? (problem?.message ?? 'answered late') : 'the caller went before the answer',
      )
    })
    next()
  }
}
