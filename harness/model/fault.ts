import type { ArrivalStream } from './arrivals.ts'
import type { Duration } from './units.ts'

/** A fault as plain data. Times are ms from the arm's start. */
export interface FaultSpec {
  /** Which fault: the file name under faults/ and the name in reports, such as `stall`. */
  readonly kind: string
  /** Unique in its scenario; made from kind and target unless the scenario gives one: `stall l4→gpki-a`. */
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  /** The link it is put on, for faults on links. */
  readonly link?: string
  /** The service it is done to, for faults on services. */
  readonly service?: string
  readonly params: Readonly<Record<string, unknown>>
  /** Arrivals it brings along; settled by the plan. What is seen of such a fault are its visits. */
  readonly streams?: readonly ArrivalStream[]
}

/** A time in a story: so long after the start of the act that it is written in, or of another. */
export type Moment = Duration | { readonly act: string; readonly after?: Duration }

/** When a fault is on, and its name. */
export interface FaultTimes {
  /** Default: the start of its act. */
  readonly from?: Moment
  /** Default: the end of the act in which it begins. */
  readonly to?: Moment
  /** A name of its own, for a fault that would have the name of another: one more on the same link. */
  readonly id?: string
  /** On `times` times, each beginning so long after the one before. */
  readonly repeat?: { readonly every: Duration; readonly times: number }
}

/** A fault as a scenario writes it; the plan settles its times. */
export interface WrittenFault extends Omit<FaultSpec, 'fromMs' | 'toMs' | 'streams'> {
  readonly times: FaultTimes
  /** Options it was given that nobody reads, in words: a problem of the plan. */
  readonly unread?: readonly string[]
}

/** What a probe saw through the link the fault is on. `bites: null`: the probe could not tell. */
export interface Sighting {
  readonly bites: boolean | null
  readonly said: string
  /** Address and port of each connection it made, so that what Toxiproxy says of them is not taken for a user's. */
  readonly clients?: readonly string[]
}
