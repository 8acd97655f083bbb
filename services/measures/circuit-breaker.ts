import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  circuitBreaker as circuitBreakerPolicy,
  handleWhen,
  SamplingBreaker,
} from 'cockatiel'
import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Share of failed calls within the window that opens the circuit. † ours. */
  threshold: z.number().min(0.01).max(1).default(0.5),
  /** Length of the sampling window, in ms. † ours: short, as the whole replay is scaled to seconds. */
  windowMs: z.number().int().min(100).max(600_000).default(2_000),
  /** Fewer calls a second than this never open it: one unlucky call is no outage. † ours. */
  minimumRps: z.number().min(0).max(10_000).default(2),
  /** How long it stays open before one probe call is let through, in ms. † ours. */
  halfOpenAfterMs: z.number().int().min(10).max(600_000).default(1_000),
})

export type CircuitBreakerParameters = z.output<typeof parameters>

/** Around each downstream link: fails at once while the link is known to be broken, and probes it half-open. */
export const circuitBreaker: Measure<typeof parameters> = {
  name: 'circuit-breaker',
  title: 'calls to a link that fails are refused at once until a probe succeeds',
  parameters,
}

export interface Breaker {
  /** Runs the call, or throws BrokenCircuitError at once while the circuit is open. */
  run<T>(call: () => Promise<T>): Promise<T>
}

/**
 * @param isFailure which errors speak against the link; an answer that merely refuses does not
 * @param onState told of each change, for the log
 */
export function createBreaker(
  settings: CircuitBreakerParameters,
  isFailure: (error: Error) => boolean,
  onState: (state: 'open' | 'closed' | 'half-open') => void,
): Breaker {
  const policy: CircuitBreakerPolicy = circuitBreakerPolicy(handleWhen(isFailure), {
    halfOpenAfter: settings.halfOpenAfterMs,
    breaker: new SamplingBreaker({
      threshold: settings.threshold,
      duration: settings.windowMs,
      minimumRps: settings.minimumRps,
    }),
  })
  policy.onStateChange((state) => {
    if (state === CircuitState.Open) onState('open')
    if (state === CircuitState.Closed) onState('closed')
    if (state === CircuitState.HalfOpen) onState('half-open')
  })
  return { run: (call) => policy.execute(call) }
}

export function isCircuitOpen(error: unknown): boolean {
  return error instanceof BrokenCircuitError
}
