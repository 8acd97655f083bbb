import type { ArrivalStream } from '../../model/arrivals.ts'

/** VUs that share the arrivals: enough that none is held up by the interpreter, few enough that each can hold the data. */
export const vus = 4

/** What the script that k6 runs is told when it is loaded: a {@link LoadPlan} without what only the harness needs. */
export interface ScriptLoad {
  readonly seed: string
  readonly streams: readonly ScriptStream[]
  /** Base URL of each entrance link, by link name. */
  readonly entrances: Readonly<Record<string, string>>
  /** The users' data, parsed. */
  readonly data: unknown
  /** More visits at once than this, over all VUs, are dropped. */
  readonly maxInFlight: number
  /** Ends of the phases, ms from the start, by name: samples are tagged with the phase in which a visit was due. */
  readonly phaseEndsMs: Readonly<Record<string, number>>
}

export interface ScriptStream extends ArrivalStream {
  /** Where nobody gives orders (a script that runs alone): when an on-command stream begins, ms from the start. */
  readonly atMs?: number
}

/** From the harness to every VU. Times are epoch ms; all VUs get the same orders in the same order. */
export type Order =
  | { readonly type: 'start'; readonly at: number }
  | { readonly type: 'begin'; readonly stream: string; readonly at: number }
  | { readonly type: 'end'; readonly stream: string }
  | { readonly type: 'drain'; readonly giveUpAt: number }

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
  /** Arrivals by stream. */
  readonly arrived: Readonly<Record<string, number>>
  readonly journeys: Readonly<
    Record<
      string,
      {
        readonly arrived: number
        readonly ok: number
        readonly failed: number
        readonly tookMs: readonly number[]
      }
    >
  >
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
