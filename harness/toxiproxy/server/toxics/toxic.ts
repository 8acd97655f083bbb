import type { Fields, Shape } from '../json.ts'
import type { Random } from '../random.ts'

/** A piece of a stream as it was read, at most 32 KiB. */
export interface Chunk {
  readonly data: Buffer
  /** On the clock of performance.now(). A toxic that delays moves it on, so that the next one counts afresh. */
  receivedAtMs: number
}

/**
 * How a stream ends. `eof`: its sender closed its side. `close`: a toxic cut it, or its sender is gone; both sockets
 * close. `reset`: both sockets are reset.
 */
export type Ending = 'eof' | 'close' | 'reset'

/** What a toxic at work on one connection can do. */
export interface Outlet {
  readonly random: Random
  /** Outlives a restart of the toxic, which an update of it or a change beside it causes. */
  readonly memory: { bytesPassed: number }
  pass(chunk: Chunk): void
  drop(chunk: Chunk): void
  /** The chunk taken is dealt with: the next may come. */
  done(): void
  end(ending: Ending): void
}

/** A toxic at work on one connection. */
export interface Flow {
  /** Deals with a chunk. Returns true when done with it, or false to call `outlet.done()` later; none comes before. */
  take(chunk: Chunk): boolean
  /** The stream has ended behind the chunks taken. Where this is missing, the end passes on at once. */
  end?(ending: Ending): void
  /** Stops at once: timers are cleared and what is held passes on undelayed, so that nothing is lost. */
  interrupt?(): void
}

export interface ToxicType<S extends Shape = Shape> {
  readonly type: string
  /** In the order in which they are shown; each is 0 until set. */
  readonly attributes: S
  /** What may wait in front of it before its sender is held back: bytes, or chunks in strict mode. Default: nothing. */
  readonly buffers?: { readonly bytes: number; readonly chunks: number }
  /** Its removal closes the connections it is on. */
  readonly cutsOnRemoval?: boolean
  start(outlet: Outlet, attributes: Fields<S>, mode: { readonly strict: boolean }): Flow
}

/** Keeps the types of a toxic's attributes while it is written; the registry holds toxics of every kind. */
export function defineToxic<const S extends Shape>(toxic: ToxicType<S>): ToxicType {
  return toxic as unknown as ToxicType
}
