import type { ArrivalStream } from './arrivals.ts'

/** A fault as plain data. Times are ms from the start of the fault act. */
export interface FaultSpec {
  /** Which fault: the file name under faults/ and the name in reports, such as `stall`. */
  readonly kind: string
  /** Unique in its scenario, made from kind and target: `stall l4→gpki-a`. */
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
