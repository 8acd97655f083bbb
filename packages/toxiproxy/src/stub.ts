import { ChunkQueue } from './chunk-queue.ts'
import { type Bite, nowMs, type Tally } from './evidence.ts'
import type { Random } from './random.ts'
import type { Ending } from './stream.ts'
import type { Toxic } from './toxic-chain.ts'
import { noop } from './toxics/noop.ts'
import type { Chunk, Flow, Memory, Outlet } from './toxics/toxic.ts'

/** Where chunks go to: the next stub, or the destination. */
export interface Sink {
  /** Takes the chunk in any case. False asks the feeder to wait for its `ready()` before it writes more. */
  write(chunk: Chunk): boolean
  /** Nothing comes after what was written. */
  finish(ending: Ending): void
  /** Whether more may be written now; if not, the feeder's `ready()` will say when. */
  hasRoom(): boolean
}

/** Where chunks come from. */
export interface Feeder {
  ready(): void
}

export interface Place {
  readonly memory: Memory
  readonly tally: Tally
}

/** What a stub needs to know of the connection it is on. */
export interface StubContext {
  readonly strict: boolean
  randomFor(toxic: Toxic): Random
  /** What the toxic remembers of this connection and what it did to it. Both sides of one that has two share it. */
  placeOf(toxic: Toxic): Place
  /** A toxic has shown itself on this connection for the first time. */
  bitten(toxic: Toxic, how: Bite): void
}

/**
 * The place of a toxic in one link: the queue in front of it, the toxic at work, and the way on. What a toxic does to
 * time and data is its own; order, backpressure and being changed while data flows are dealt with here.
 */
export class Stub implements Sink, Feeder, Outlet {
  readonly toxic: Toxic
  readonly random: Random
  readonly memory: Memory
  readonly tally: Tally
  /** Whether this is where a toxic that works on both streams answers. */
  readonly answering: boolean
  applies = false
  private readonly context: StubContext
  private feeder: Feeder
  private next: Sink
  private flow!: Flow
  private readonly queue = new ChunkQueue()
  private busy = false
  private pumping = false
  private nextFull: boolean
  private feederWaits = false
  private ending: Ending | undefined
  private endTaken = false
  private closed = false

  constructor(toxic: Toxic, feeder: Feeder, next: Sink, context: StubContext, answering = false) {
    this.toxic = toxic
    this.answering = answering
    const { memory, tally } = context.placeOf(toxic)
    this.memory = memory
    this.tally = tally
    this.feeder = feeder
    this.next = next
    this.nextFull = !next.hasRoom()
    this.context = context
    this.random = context.randomFor(toxic)
  }

  /** Draws whether the toxic applies to this link, and sets it (or nothing) to work. */
  start(): void {
    const { type, toxicity, stream, attributes, progress } = this.toxic
    const { strict } = this.context
    this.applies = type.startAnswering !== undefined || this.random() < toxicity
    if (this.answering) this.flow = type.startAnswering!(this)
    else
      this.flow = (this.applies ? type : noop).start(this, attributes, { strict, toxicity, stream, progress })
    this.pump()
  }

  restart(): void {
    if (this.closed) return
    this.interrupt()
    this.start()
  }

  passTo(next: Sink): void {
    this.next = next
    this.nextFull = !next.hasRoom()
  }

  feedFrom(feeder: Feeder): void {
    this.feeder = feeder
  }

  /**
   * Takes the toxic out; what it held and what waited for it passes on.
   * @returns whether the link can be joined behind it. It cannot when the stream has ended here.
   */
  remove(): boolean {
    if (this.closed) return false
    this.interrupt()
    if (this.toxic.type.cutsOnRemoval || this.flow.leave?.() === false) {
      this.end('close')
      return false
    }
    this.closed = true
    while (this.queue.length > 0) this.next.write(this.queue.shift())
    if (this.ending !== undefined) this.next.finish(this.ending)
    return true
  }

  /** The link is gone: what is held has nowhere to go. */
  abandon(): void {
    if (this.closed) return
    this.closed = true
    this.queue.clear()
    this.flow.interrupt?.()
  }

  // As the sink of what comes before it

  write(chunk: Chunk): boolean {
    if (this.closed) return true
    this.tally.chunks++
    this.tally.bytes += chunk.data.length
    this.queue.push(chunk)
    this.pump()
    return this.hasRoom()
  }

  finish(ending: Ending): void {
    this.ending ??= ending
    this.pump()
  }

  hasRoom(): boolean {
    this.feederWaits = this.isFull()
    return !this.feederWaits
  }

  // As the feeder of what comes after it

  ready(): void {
    this.nextFull = false
    this.pump()
  }

  // As the outlet of its toxic

  pass(chunk: Chunk): void {
    if (this.closed) return
    this.nextFull = !this.next.write(chunk)
  }

  drop(chunk: Chunk): void {
    this.tally.droppedBytes += chunk.data.length
    this.bite('dropped')
  }

  note(how: 'sliced' | 'answered'): void {
    this.tally[how === 'sliced' ? 'slicedChunks' : 'answeredRequests']++
    this.bite(how)
  }

  done(): void {
    this.busy = false
    this.pump()
  }

  end(ending: Ending): void {
    if (this.closed) return
    if (ending !== this.ending) {
      this.tally.cuts++
      this.bite('cut')
    }
    this.closed = true
    this.queue.clear()
    this.next.finish(ending)
  }

  private interrupt(): void {
    this.flow.interrupt?.()
    this.busy = false
    this.endTaken = false
  }

  /** Gives the toxic all that it can take now. */
  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    while (!this.busy && !this.nextFull && this.queue.length > 0) {
      this.busy = true
      if (this.flow.take(this.queue.shift())) this.busy = false
      else this.delayed()
    }
    this.pumping = false
    if (this.closed) return
    if (this.ending !== undefined && !this.endTaken && !this.busy && this.queue.length === 0) {
      this.endTaken = true
      if (this.flow.end === undefined) this.end(this.ending)
      else this.flow.end(this.ending)
      if (!this.closed) this.bite('delayed')
    } else if (this.feederWaits && !this.isFull()) {
      this.feederWaits = false
      this.feeder.ready()
    }
  }

  private delayed(): void {
    this.tally.delayedChunks++
    this.bite('delayed')
  }

  private bite(how: Bite): void {
    if (this.tally.firstBiteAtMs !== null) return
    this.tally.firstBiteAtMs = nowMs()
    this.context.bitten(this.toxic, how)
  }

  private isFull(): boolean {
    if (this.closed || !(this.busy || this.nextFull)) return false
    const { buffers } = this.toxic.type
    if (buffers === undefined) return true
    return this.context.strict ? this.queue.length >= buffers.chunks : this.queue.bytes >= buffers.bytes
  }
}
