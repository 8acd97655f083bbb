import type { Socket } from 'node:net'
import { addToRecord, type StreamReport, type Tally } from './evidence.ts'
import { CHUNK_BYTES, type Intake } from './intake.ts'
import type { Ending, Stream } from './stream.ts'
import { type Feeder, type Sink, Stub, type StubContext } from './stub.ts'
import { onBoth, type Toxic } from './toxic-chain.ts'
import type { Chunk } from './toxics/toxic.ts'

/** Less is copied out of the memory read into; more stays there, and the next read gets other memory. */
const COPY_BELOW_BYTES = 16 * 1024

/** What the two links of a connection share. */
export interface LinkContext extends StubContext {
  /** Closes one socket once what was written to it is on its way. */
  close(socket: Socket): void
  /** Resets both sockets. */
  reset(): void
}

/**
 * One direction of a connection: reads a socket, leads what it reads through the toxics, writes the other socket.
 * It is the feeder of its first stub and the sink of its last; without toxics it is all there is.
 */
export class Link implements Feeder, Sink {
  private readonly stream: Stream
  private readonly source: Socket
  private readonly intake: Intake
  private readonly destination: Socket
  private readonly context: LinkContext
  private readonly stubs: Stub[] = []
  private first: Sink = this
  private sourceEnded = false
  private sourceGone = false
  private finished = false
  private ending: Ending | null = null

  /** @param intake what the source reads into */
  constructor(stream: Stream, source: Socket, intake: Intake, destination: Socket, context: LinkContext) {
    this.stream = stream
    this.source = source
    this.intake = intake
    this.destination = destination
    this.context = context
  }

  start(toxics: readonly Toxic[]): void {
    for (const toxic of toxics) this.append(toxic)
    for (const stub of this.stubs) stub.start()
    this.intake.receive = (data) => this.receive(data)
    this.source.on('end', () => this.endSource('eof'))
    this.source.on('close', () => {
      this.sourceGone = true
      this.endSource('close')
    })
    this.destination.on('drain', () => this.lastFeeder().ready())
    this.destination.on('close', () => this.abandon())
    this.source.resume()
  }

  add(toxic: Toxic): void {
    if (this.finished) return
    if (this.answers(toxic)) {
      this.prepend(toxic)
      return
    }
    const last = this.stubs.at(-1)
    this.append(toxic).start()
    last?.restart()
  }

  update(toxic: Toxic): void {
    this.stubs.find((stub) => stub.toxic === toxic)?.restart()
  }

  remove(toxic: Toxic): void {
    const index = this.stubs.findIndex((stub) => stub.toxic === toxic)
    if (index === -1 || !this.stubs[index]!.remove()) return
    const [stub] = this.stubs.splice(index, 1)
    if (!stub!.answering) addToRecord(toxic.past, stub!.tally)
    const before = this.stubs[index - 1]
    const next = this.stubs[index]
    next?.feedFrom(before ?? this)
    if (before === undefined) {
      this.first = next ?? this
      if (next === undefined) this.intake.readChunks(false)
      if (this.first.hasRoom()) this.ready()
    } else {
      before.passTo(next ?? this)
      before.restart()
    }
  }

  /** The destination is gone: nothing that is still on its way can arrive. */
  abandon(): void {
    this.finished = true
    for (const stub of this.stubs) stub.abandon()
  }

  /** The connection is over: what its toxics did is theirs to remember. */
  retire(): void {
    for (const { toxic, tally, answering } of this.stubs) if (!answering) addToRecord(toxic.past, tally)
    this.stubs.length = 0
  }

  /** What a toxic has done here so far. */
  tallyOf(toxic: Toxic): Tally | undefined {
    return this.stubs.find((stub) => stub.toxic === toxic && !stub.answering)?.tally
  }

  report(): StreamReport {
    return {
      receivedBytes: this.source.bytesRead,
      sentBytes: this.destination.bytesWritten,
      ending: this.ending,
      toxics: this.stubs.map(({ toxic: { name, type }, applies, tally }) => ({
        name,
        type: type.type,
        applies,
        ...tally,
      })),
    }
  }

  // As the feeder of the first stub

  ready(): void {
    this.source.resume()
  }

  // As the sink of the last stub

  write(chunk: Chunk): boolean {
    return this.finished || this.destination.write(chunk.data)
  }

  hasRoom(): boolean {
    return this.finished || !this.destination.writableNeedDrain
  }

  finish(ending: Ending): void {
    if (this.finished) return
    this.finished = true
    this.ending = ending
    const { strict } = this.context
    if (ending === 'reset' && !strict) this.context.reset()
    else if (ending === 'eof' && !strict && !this.sourceGone) this.endDestination()
    else this.context.close(this.destination)
  }

  /** Ends it by closing it where it has ended its own side and all is sent: to the peer the same, and cheaper. */
  private endDestination(): void {
    if (this.destination.readableEnded && this.destination.writableLength === 0) this.destination.destroy()
    else this.destination.end()
  }

  private append(toxic: Toxic): Stub {
    const last = this.stubs.at(-1)
    const stub = new Stub(toxic, last ?? this, this, this.context, this.answers(toxic))
    if (last === undefined) this.first = stub
    else last.passTo(stub)
    this.stubs.push(stub)
    this.intake.readChunks(true)
    return stub
  }

  /** The answering side of a toxic stands where data meets it first, so that those of several are nested. */
  private prepend(toxic: Toxic): void {
    const [next] = this.stubs
    const stub = new Stub(toxic, this, next ?? this, this.context, true)
    next?.feedFrom(stub)
    this.stubs.unshift(stub)
    this.first = stub
    this.intake.readChunks(true)
    stub.start()
  }

  private answers(toxic: Toxic): boolean {
    return this.stream === 'downstream' && onBoth(toxic)
  }

  private receive(data: Buffer): void {
    if (this.first !== this) {
      this.receiveChunks(data)
    } else if (!this.finished) {
      const room = this.destination.write(data)
      // As a rule the kernel has it all by now.
      if (this.destination.writableLength > 0) this.intake.keep()
      if (!room) this.source.pause()
    }
  }

  private receiveChunks(data: Buffer): void {
    const receivedAtMs = performance.now()
    const kept = data.length < COPY_BELOW_BYTES ? Buffer.from(data) : data
    if (kept === data) this.intake.keep()
    let room = true
    for (let from = 0; from < kept.length; from += CHUNK_BYTES) {
      room = this.first.write({ data: kept.subarray(from, from + CHUNK_BYTES), receivedAtMs })
    }
    if (!room) this.source.pause()
  }

  private endSource(ending: Ending): void {
    if (!this.sourceEnded) {
      this.sourceEnded = true
      this.first.finish(ending)
    } else if (ending === 'close' && this.finished) {
      // It had closed its own side only; now nobody is left to read the answer.
      this.context.close(this.destination)
    }
  }

  private lastFeeder(): Feeder {
    return this.stubs.at(-1) ?? this
  }
}
