/**
 * How much a class of work matters when not all of it can be done: `vital` is what the counter is open for,
 * `bulk` is what can be read later.
 */
export type Importance = 'vital' | 'normal' | 'bulk'

/** What a service's slots do now. */
export interface Occupancy {
  readonly busy: number
  readonly busyBy: Readonly<Record<Importance, number>>
  readonly queued: number
}

/** A request that waits for a worker slot. */
export interface Waiting {
  readonly workClass: string
  readonly importance: Importance
  /** True when nobody is served by doing it any more; always false in the untreated system. */
  isFutile(): boolean
}

/** In front of a service's slots. */
export interface AcceptQueue<W extends Waiting> {
  readonly length: number
  /** Whether it may take a free slot at once, past nobody who waits, given what the slots do now. */
  mayStart(waiting: Pick<W, 'workClass' | 'importance'>, state: Occupancy): boolean
  /** Lets it in; returns those turned away for it: itself, or others that matter less. */
  offer(waiting: W): readonly Refusal<W>[]
  /** The next to start, if any may. */
  take(state: Occupancy): W | undefined
}

export interface Refusal<W extends Waiting> {
  readonly waiting: W
  /** `queue-full`: no room for anybody · `shed`: its class gives way to more important work. */
  readonly code: 'queue-full' | 'shed'
}

/** First come, first served, up to a bound: the accept queue of 2023. */
export function createFifoQueue<W extends Waiting>(bound: number): AcceptQueue<W> {
  const queue: W[] = []
  return {
    get length() {
      return queue.length
    },
    mayStart: () => queue.length === 0,
    offer(waiting) {
      if (queue.length >= bound) return [{ waiting, code: 'queue-full' }]
      queue.push(waiting)
      return []
    },
    take: () => queue.shift(),
  }
}
