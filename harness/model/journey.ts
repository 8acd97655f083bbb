/**
 * A journey is what one user does, written once and run by every load driver (the built-in one and k6), so it imports
 * nothing from Node: it gets its HTTP client, its chance and its data injected, and uses WebCrypto for signatures.
 */
export interface Journey {
  readonly name: string
  readonly title: string
  /** Who makes these visits, in the plural, for sentences: `officials`. Default: the journey's name. */
  readonly users?: string
  /** The entrance link the user comes in by, such as `official→front`; paths are relative to it. */
  readonly entrance: string
  /** Entrances that the user may go on to: from the portal to the counter. */
  readonly goesOnTo?: readonly string[]
  /** Outcomes that count as a success. Anything else, an exception included, is a failure. */
  readonly succeedsWith: readonly string[]
  /** What a visit that succeeded is called in sentences. Default: `served`; of attackers, `turned away`. */
  readonly successIs?: string
  /**
   * How long after their intended start users must be served to count as served, ms: who was told to come back tomorrow
   * was not. Default: as long as the arm lasts.
   */
  readonly servedWithinMs?: number
  /** One user's visit. @returns the outcome in one word, such as `certificate` or `timed-out`. */
  run(visit: Visit): Promise<string | Departure>
}

/** How a user left who took something home. */
export interface Departure {
  readonly outcome: string
  /** What they took, by the name that its record has in the system: `jongno/0017`. `accounted` looks it up there. */
  readonly took: string
}

/** What a driver hands to one run of a journey. */
export interface Visit {
  /** Which of its journey's users this is, from 0; no two steady streams bring the same; the same in every arm. */
  readonly index: number
  /** By the journey's own entrance. */
  readonly http: Http
  /** By another, one of its `goesOnTo`. @throws Error where it is none of them */
  at(entrance: string): Http
  /** Seeded by run, stream and the number of the visit in it: the same in every arm. */
  readonly random: () => number
  /** The system's data for users (`System.prepare`), parsed. */
  readonly data: unknown
  /** Times a part of the journey under a name of its own; its latency is a separate figure. */
  step<T>(name: string, part: () => Promise<T>): Promise<T>
  /** Waits, as a user would. */
  pause(ms: number): Promise<void>
}

/**
 * A request that does not throw where the network fails: that is an answer with status 0 and its reason. It is sent once,
 * on a connection of its own. What is not ASCII in the path is percent-encoded. It rejects what could not be sent as it
 * stands: a line break in a header, a path without its slash.
 */
export type Http = (method: string, path: string, options?: HttpOptions) => Promise<HttpAnswer>

export interface HttpOptions {
  /** The body, sent as JSON. */
  readonly json?: unknown
  /** Sent once each; a `host` or a `content-type` here takes the place of the usual one. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long the user waits before giving up, in ms. Default 5000. */
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  /** HTTP status, or 0 when there was no answer. */
  readonly status: number
  /** Why there was no answer: `timed-out`, `refused`, `reset` or the error's code. */
  readonly error?: string
  header(name: string): string | undefined
  /** The body as JSON, or undefined where it is none. */
  json<T>(): T | undefined
}
