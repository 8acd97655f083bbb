import type { Fields } from '../fields.ts'
import type { Random } from '../random.ts'
import type { Ending, Stream } from '../stream.ts'
import type { Exchange } from './http/exchange.ts'

/** A piece of a stream as it was read, at most 32 KiB. */
export interface Chunk {
  readonly data: Buffer
  /** On the clock of performance.now(). A toxic that delays moves it on, so that the next one counts afresh. */
  receivedAtMs: number
}

/** Values by name: numbers and texts. */
export type AttributeShape = Readonly<Record<string, 'integer' | 'float' | 'string'>>
export type Attributes = Fields<AttributeShape>

/** What a toxic remembers of one connection. */
export interface Memory {
  bytesPassed: number
  /** Whether the connection was open before the toxic came, or its first data have been dealt with. */
  isOpen: boolean
  /** When the toxic came to the connection, on the clock of performance.now(). */
  sinceMs?: number
  exchange?: Exchange
}

/** How a toxic is set on its proxy. */
export interface Setting {
  readonly strict: boolean
  readonly toxicity: number
  readonly stream: Stream
  /** Shared by all connections, until the toxic is updated. */
  readonly progress: { matched: number }
}

/** What a toxic at work on one connection can do. */
export interface Outlet {
  readonly random: Random
  /** Outlives a restart of the toxic, which an update of it or a change beside it causes. */
  readonly memory: Memory
  pass(chunk: Chunk): void
  drop(chunk: Chunk): void
  /** Counts what only the toxic itself can tell. */
  note(how: 'sliced' | 'answered'): void
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
  /** The toxic is taken out, after an interrupt. Returns false when the stream cannot go on without it. */
  leave?(): boolean
}

export interface ToxicType<S extends AttributeShape = AttributeShape> {
  readonly type: string
  /** In the order in which they are shown. */
  readonly attributes: S
  /** Of attributes that are not 0, or empty, until they are set. */
  readonly defaults?: Partial<Fields<S>>
  /** Returns what is wrong with attributes. */
  refuse?(attributes: Fields<S>): string | undefined
  /** What may wait in front of it before its sender is held back: bytes, or chunks in strict mode. Default: nothing. */
  readonly buffers?: { readonly bytes: number; readonly chunks: number }
  /** Its removal closes the connections it is on. */
  readonly cutsOnRemoval?: boolean
  start(outlet: Outlet, attributes: Fields<S>, setting: Setting): Flow
  /**
   * Of a toxic that works on both streams at once, the other side: on the way down, nearest to the upstream. Such a
   * toxic is always on; it sees to its toxicity itself.
   */
  startAnswering?(outlet: Outlet): Flow
}

/** Keeps the types of a toxic's attributes while it is written; the registry holds toxics of every kind. */
export function defineToxic<const S extends AttributeShape>(toxic: ToxicType<S>): ToxicType {
  return toxic as unknown as ToxicType
}
