import type { LiveVisits } from '../live.ts'
import type { VisitsPlan } from '../visits.ts'

/** VUs that share the arrivals: enough that none is held up by the interpreter, few enough that each can hold the data. */
export const vus = 4

/** What the script that k6 runs is told when it is loaded: a {@link LoadPlan} without what only the harness needs. */
export interface ScriptLoad extends VisitsPlan {
  /** Ends of the acts, ms from the start, by name: samples are tagged with the act in which a visit was due. */
  readonly actEndsMs: Readonly<Record<string, number>>
}

/** From the harness to every VU. Times are epoch ms; all VUs get the same orders in the same order. */
export type Order =
  | { readonly type: 'start'; readonly at: number }
  | { readonly type: 'begin'; readonly stream: string; readonly at: number }
  | { readonly type: 'end'; readonly stream: string; readonly at: number }
  | { readonly type: 'drain'; readonly at: number; readonly giveUpAt: number }

/** How one VU is doing; counts are since the start, lists since its last report. */
export interface VuReport {
  readonly kind: 'vu'
  readonly vu: number
  readonly at: number
  readonly final: boolean
  readonly due: number
  readonly started: number
  readonly dropped: number
  readonly finished: number
  readonly inFlight: number
  readonly loopDelayMaxMs: number
  readonly lagsMs: readonly number[]
  readonly journeys: Readonly<Record<string, LiveVisits>>
}

/** k6's own account at its end, from `handleSummary`. */
export interface K6Account {
  readonly kind: 'k6'
  /** Visits that it counted. */
  readonly started: number
  /** Iterations that k6 itself did not start. */
  readonly droppedIterations: number
  readonly thresholds: readonly {
    readonly metric: string
    readonly threshold: string
    readonly ok: boolean
  }[]
}

/** Environment variable by which the script finds who gives it orders. */
export const ordersVariable = 'SAEOL_CHAOS_ORDERS'

/**
 * What the script's users say through k6's log to the harness begins with this (RFC 7464's record separator); anything
 * else there was printed by a journey.
 */
export const lineMark = '\u001e'

/**
 * A name as the value of a k6 tag. Thresholds find samples by their tags, and k6 takes `metric{journey:name,…}` apart at
 * commas, braces and quotes whatever they are part of: those are percent-encoded.
 */
export function tagOf(name: string): string {
  return name.replace(/[%,{}"'\p{Cc}\u2028\u2029]|^\s|\s$/gu, (character) =>
    character === "'" ? '%27' : encodeURIComponent(character),
  )
}
