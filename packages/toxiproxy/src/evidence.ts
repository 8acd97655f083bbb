import type { Ending, Stream } from './stream.ts'

/**
 * How a toxic showed itself: it held a chunk or the end back, cut a chunk up, threw data away, ended the stream,
 * answered a request itself.
 */
export type Bite = 'delayed' | 'sliced' | 'dropped' | 'cut' | 'answered'

/** What a toxic has done, to one connection or in all. */
export interface Tally {
  /** Chunks and bytes that came to it. */
  chunks: number
  bytes: number
  delayedChunks: number
  slicedChunks: number
  answeredRequests: number
  droppedBytes: number
  cuts: number
  /** When it first showed itself, in milliseconds since 1970. Null: it has not. */
  firstBiteAtMs: number | null
}

export interface ToxicOnConnection extends Tally {
  readonly name: string
  readonly type: string
  /** False when its toxicity spares this connection. */
  readonly applies: boolean
}

export interface StreamReport {
  readonly receivedBytes: number
  readonly sentBytes: number
  /** Null while it flows. */
  readonly ending: Ending | null
  readonly toxics: readonly ToxicOnConnection[]
}

export interface ConnectionReport {
  /** The proxy's name, a slash, and how many connections it had before. */
  readonly id: string
  readonly proxy: string
  readonly listener: string
  /** Address and port of who connected; empty when nobody asked while that could be known. */
  readonly client: string
  readonly upstream: string
  readonly openedAtMs: number
  readonly streams: Readonly<Record<Stream, StreamReport>>
}

/** What a toxic has done on all the connections it was on. */
export interface ToxicRecord extends Tally {
  /** Connections it was on, and those of them on which it showed itself. */
  connections: number
  bittenConnections: number
}

export interface ToxicReport extends ToxicRecord {
  readonly proxy: string
  readonly name: string
  readonly type: string
  readonly stream: Stream
}

/** What the event stream tells. Times are milliseconds since 1970. */
export type EvidenceEvent =
  | { readonly event: 'opened'; readonly atMs: number; readonly connection: ConnectionReport }
  | { readonly event: 'closed'; readonly atMs: number; readonly connection: ConnectionReport }
  | { readonly event: 'unreachable'; readonly atMs: number; readonly id: string; readonly upstream: string }
  | {
      readonly event: 'bite'
      readonly atMs: number
      readonly id: string
      /** Address and port of who connected. */
      readonly client: string
      readonly toxic: string
      readonly type: string
      readonly stream: Stream
      readonly how: Bite
    }
  | { readonly event: 'removed'; readonly atMs: number; readonly toxic: ToxicReport }

export type Listener = (event: EvidenceEvent) => void

/** Hands events to whoever listens. Nothing is kept: an event that nobody wants is not even made. */
export interface Evidence {
  emit<N extends EvidenceEvent['event']>(
    name: N,
    make: () => Omit<Extract<EvidenceEvent, { readonly event: N }>, 'event' | 'atMs'>,
  ): void
  /**
   * @param wanted names of the events to hand over; none: all
   * @returns how to stop listening
   */
  listen(wanted: readonly string[], listener: Listener): () => void
}

export function createEvidence(): Evidence {
  const listeners = new Map<Listener, readonly string[]>()
  return {
    emit(name, make) {
      let event: EvidenceEvent | undefined
      for (const [listener, wanted] of listeners) {
        if (wanted.length > 0 && !wanted.includes(name)) continue
        event ??= { event: name, atMs: nowMs(), ...make() } as unknown as EvidenceEvent
        listener(event)
      }
    },
    listen(wanted, listener) {
      listeners.set(listener, wanted)
      return () => void listeners.delete(listener)
    },
  }
}

export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

export function createTally(): Tally {
  return {
    chunks: 0,
    bytes: 0,
    delayedChunks: 0,
    slicedChunks: 0,
    answeredRequests: 0,
    droppedBytes: 0,
    cuts: 0,
    firstBiteAtMs: null,
  }
}

export function createRecord(): ToxicRecord {
  return { connections: 0, bittenConnections: 0, ...createTally() }
}

export function addToRecord(record: ToxicRecord, tally: Tally): void {
  record.connections++
  record.chunks += tally.chunks
  record.bytes += tally.bytes
  record.delayedChunks += tally.delayedChunks
  record.slicedChunks += tally.slicedChunks
  record.answeredRequests += tally.answeredRequests
  record.droppedBytes += tally.droppedBytes
  record.cuts += tally.cuts
  if (tally.firstBiteAtMs === null) return
  record.bittenConnections++
  record.firstBiteAtMs = Math.min(record.firstBiteAtMs ?? tally.firstBiteAtMs, tally.firstBiteAtMs)
}
