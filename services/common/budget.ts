import type { Request, RequestHandler, Response } from 'express'
import type { DeadlineParameters } from '../measures/deadlines.ts'
import { traceparentOf } from './trace.ts'

/** What a request may still spend, and whose it is. Without the measure `deadlines` it is unlimited and nobody is ever given up. */
export interface Budget {
  /** ms left, at least 0; undefined when there is no limit. */
  remainingMs(): number | undefined
  /** Longest wait for one downstream call in ms; undefined when there is no limit. */
  hopMs(): number | undefined
  /** Aborts when the caller has gone; undefined when abandoned work is done all the same. */
  readonly signal: AbortSignal | undefined
  /** The trace that it belongs to, as the caller wrote it (W3C Trace Context); undefined where nobody asked for it. */
  readonly traceparent?: string | undefined
}

export const deadlineHeader = 'x-deadline-ms'

export const unlimitedBudget: Budget = {
  remainingMs: () => undefined,
  hopMs: () => undefined,
  signal: undefined,
}

/** A budget that starts now. Work that no request asked for (probes, backfill) makes its own. */
export function createBudget(limits: {
  readonly totalMs: number
  /** The total when missing. */
  readonly hopMs?: number
  readonly signal?: AbortSignal
  readonly traceparent?: string | undefined
}): Budget {
  const { totalMs, hopMs = totalMs, signal, traceparent } = limits
  const endsAt = performance.now() + totalMs
  const remainingMs = () => Math.max(0, endsAt - performance.now())
  return { remainingMs, hopMs: () => Math.min(hopMs, remainingMs()), signal, traceparent }
}

/** First in every service's chain: starts the request's budget when it arrives, before it queues. */
export function budgetMiddleware(settings: DeadlineParameters | undefined): RequestHandler {
  return (request, response, next) => {
    const traceparent = traceparentOf(request)
    response.locals.budget =
      settings === undefined
        ? { ...unlimitedBudget, traceparent }
        : budgetOf(settings, request, response, traceparent)
    next()
  }
}

function budgetOf(
  settings: DeadlineParameters,
  request: Request,
  response: Response,
  traceparent: string | undefined,
): Budget {
  // A caller may be in more of a hurry than we are, never in less: what it asks for keeps our workers.
  const totalMs = Math.min(deadlineOf(request) ?? settings.budgetMs, settings.budgetMs)
  const gone = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the caller has gone'))
  })
  return createBudget({ totalMs, hopMs: settings.hopMs, signal: gone.signal, traceparent })
}

/** What the caller says it has left, in ms; undefined where it says nothing, or nothing that can be read. */
function deadlineOf(request: Request): number | undefined {
  const said = request.get(deadlineHeader) ?? ''
  return /^[1-9]\d{0,8}$/.test(said) ? Number(said) : undefined
}

/** The budget of the request that this response answers. */
export function budget(response: Response): Budget {
  return (response.locals.budget as Budget | undefined) ?? unlimitedBudget
}
