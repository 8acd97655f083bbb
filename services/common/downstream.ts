import { Pool } from 'undici'
import { type CircuitBreakerParameters, createBreaker, isCircuitOpen } from '../measures/circuit-breaker.ts'
import { type Budget, deadlineHeader } from './budget.ts'
import { DownstreamError } from './downstream-error.ts'
import type { Log } from './log.ts'
import { nextTraceparent, traceHeader } from './trace.ts'

export { DownstreamError } from './downstream-error.ts'

export interface DownstreamRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** Path with query, beginning with a slash. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface DownstreamResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Parsed JSON; undefined when the answer was none. */
  readonly body: unknown
}

/** The client end of one link. */
export interface Downstream {
  readonly link: string
  /**
   * Any answer is returned, whatever its status.
   * @throws DownstreamError when there was none
   */
  call(request: DownstreamRequest, budget: Budget): Promise<DownstreamResponse>
  close(): Promise<void>
}

export interface DownstreamOptions {
  /** "saeol→resident" */
  readonly link: string
  readonly url: string
  /** Longest wait when the budget is unlimited, in ms. */
  readonly clientTimeoutMs: number
  /** Connections kept to the other end. † ours: more than any service has slots, so slots are what runs out. */
  readonly connections?: number
  readonly circuitBreaker?: CircuitBreakerParameters | undefined
  readonly log: Log
}

export function createDownstream(options: DownstreamOptions): Downstream {
  const { link, log } = options
  const pool = new Pool(options.url, {
    connections: options.connections ?? 128,
    pipelining: 1,
    // The call's own signal decides how long to wait; undici's timers are too coarse for that (half a second).
    connect: { timeout: options.clientTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const breaker =
    options.circuitBreaker === undefined
      ? undefined
      : createBreaker(options.circuitBreaker, speaksAgainstLink, (state) =>
          log.info({ event: `circuit.${state}`, link }, `circuit of ${link} is ${state}`),
        )

  async function once(request: DownstreamRequest, budget: Budget): Promise<DownstreamResponse> {
    const waitMs = Math.ceil(budget.hopMs() ?? options.clientTimeoutMs)
    if (waitMs <= 0) throw new DownstreamError(link, 'timeout', 'no time was left to call')
    const timeout = AbortSignal.timeout(waitMs)
    const signal = budget.signal === undefined ? timeout : AbortSignal.any([timeout, budget.signal])
    const limited = budget.remainingMs() !== undefined
    try {
      const response = await pool.request({
        method: request.method,
        path: request.path,
        signal,
        headers: {
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(limited ? { [deadlineHeader]: String(waitMs) } : {}),
          ...(budget.traceparent === undefined ? {} : { [traceHeader]: nextTraceparent(budget.traceparent) }),
          ...request.headers,
        },
        body: request.body === undefined ? null : JSON.stringify(request.body),
      })
      const text = await response.body.text()
      return { status: response.statusCode, headers: response.headers, body: parse(link, text) }
    } catch (error) {
      if (error instanceof DownstreamError) throw error
      if (budget.signal?.aborted) throw new DownstreamError(link, 'abandoned', 'our caller has gone', error)
      if (timeout.aborted) throw new DownstreamError(link, 'timeout', `no answer within ${waitMs} ms`, error)
      throw new DownstreamError(link, 'unreachable', (error as Error).message || 'connection failed', error)
    }
  }

  return {
    link,
    async call(request, budget) {
      if (breaker === undefined) return once(request, budget)
      try {
        return await breaker.run(() => once(request, budget))
      } catch (error) {
        if (isCircuitOpen(error))
          throw new DownstreamError(link, 'circuit-open', 'not tried, the circuit is open')
        throw error
      }
    },
    close: () => pool.destroy(),
  }
}

function speaksAgainstLink(error: Error): boolean {
  return error instanceof DownstreamError && error.kind !== 'abandoned'
}

function parse(link: string, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DownstreamError(link, 'unreachable', 'the answer was cut off or not JSON', error)
  }
}
