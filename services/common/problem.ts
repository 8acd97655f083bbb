import type { ErrorRequestHandler, Response } from 'express'
import { DownstreamError } from './downstream-error.ts'
import type { Log } from './log.ts'

/** Statuses that ask the caller to come back; they always carry Retry-After. */
const transient = new Set([429, 503, 504])

/** An error for the caller: thrown by a handler, answered as `{error, code}`. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly retryAfterS: number

  /** @param code a word for machines; `message` is the sentence for people */
  constructor(status: number, code: string, message: string, retryAfterS = 1) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfterS = retryAfterS
  }
}

export function sendProblem(response: Response, problem: Problem): void {
  response.locals.problem = problem
  if (transient.has(problem.status)) response.setHeader('Retry-After', String(problem.retryAfterS))
  response.status(problem.status).json({ error: problem.message, code: problem.code })
}

/** The last handler of every service: whatever was thrown becomes an honest answer. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const problem = asProblem(error)
    if (problem.status === 500)
      log.error({ err: error, method: request.method, path: request.path }, 'request failed')
    else log.debug({ code: problem.code, path: request.path }, problem.message)
    if (response.headersSent) next(error)
    else sendProblem(response, problem)
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DownstreamError) {
    const status = error.kind === 'timeout' ? 504 : 503
    return new Problem(status, `downstream-${error.kind}`, error.message)
  }
  if (isClientError(error)) return new Problem(error.status, 'bad-request', error.message)
  return new Problem(500, 'internal', 'the service failed; its log says why')
}

/** What express and its body parser throw for a malformed request. */
function isClientError(error: unknown): error is { status: number; message: string } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  )
}
