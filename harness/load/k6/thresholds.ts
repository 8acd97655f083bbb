import type { CheckSpec, Window } from '../../model/check.ts'
import { tagOf } from './protocol.ts'

/** The thresholds that k6 can hold a scenario to, and the titles of the checks it has no words for. */
export interface Thresholds {
  readonly thresholds: Readonly<Record<string, readonly string[]>>
  readonly untold: readonly string[]
}

/**
 * Success rates and latencies of one journey over one whole act, as k6 knows thresholds: on the point estimate, without
 * an interval, and latencies over failed visits as they were. Windows that begin with an event of the system, ledgers and
 * recoveries need more than k6 sees.
 */
export function thresholdsOf(checks: readonly CheckSpec[]): Thresholds {
  const thresholds: Record<string, string[]> = {}
  const untold: string[] = []
  for (const check of checks) {
    const told = thresholdOf(check)
    if (told === undefined) untold.push(check.title)
    else thresholds[told.metric] = [...(thresholds[told.metric] ?? []), told.threshold]
  }
  return { thresholds, untold }
}

function thresholdOf({
  kind,
  params,
  journeys,
}: CheckSpec): { metric: string; threshold: string } | undefined {
  const act = wholeAct(params.window as Window | undefined)
  const [journey, ...others] = journeys
  if (act === undefined || journey === undefined || others.length > 0) return undefined
  if (kind === 'success-rate')
    return {
      metric: `visit_ok{journey:${tagOf(journey)},act:${act}}`,
      threshold: `rate>=${params.atLeast}`,
    }
  if (kind !== 'latency') return undefined
  const percentile = Number((Number(params.quantile) * 100).toFixed(4))
  const of = params.step === undefined ? 'visit_took{' : `visit_step{step:${tagOf(String(params.step))},`
  return {
    metric: `${of}journey:${tagOf(journey)},act:${act}}`,
    threshold: `p(${percentile})<=${params.belowMs}`,
  }
}

/** The act that a window is, if it is one whole act. */
function wholeAct(window: Window | undefined): string | undefined {
  if (window === undefined || typeof window.during !== 'string') return undefined
  const { afterMs = 0, untilEndMs = 0 } = window
  return afterMs === 0 && untilEndMs === 0 ? window.during : undefined
}
