import { connect, type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from 'node:net'
import { getSystemErrorName } from 'node:util'
import type { Address } from './address.ts'

/** What upstream reads at once, and so what its toxics deal with at once. */
export const CHUNK_BYTES = 32 * 1024
/** What a connection starts with: thousands of them may be open and say little. */
const START_BYTES = 1024
const BULK_BYTES = 256 * 1024
/** So many reads in a row that would have fitted into the smaller memory show that the larger is not needed. */
const SMALL_READS = 64

/**
 * The memory that a socket reads into, used again for every read: Node's own way, a new 64 KiB buffer for each, costs
 * more than all else that a proxy does. It grows when reads fill it and shrinks when they do not, so that connections
 * of many small messages are cheap and bulk is fast.
 */
export class Intake {
  /** Gets what was read, to use before it returns, or to `keep()`. */
  receive: (data: Buffer) => void = () => {}
  readonly onread: OnReadOpts
  private chunked: boolean
  private buffer: Buffer
  private smallReads = 0

  /** @param chunked see `readChunks` */
  constructor(chunked: boolean) {
    this.chunked = chunked
    this.buffer = Buffer.allocUnsafe(chunked ? CHUNK_BYTES : START_BYTES)
    this.onread = {
      buffer: () => this.buffer,
      callback: (bytes) => {
        const { buffer } = this
        this.receive(buffer.subarray(0, bytes))
        this.fit(bytes)
        return true
      },
    }
  }

  /** Whether to read a chunk at once, and never more. The read that is under way keeps the size it has. */
  readChunks(chunked: boolean): void {
    this.chunked = chunked
  }

  /** The data just received is not to be overwritten: the next read gets other memory. */
  keep(): void {
    this.resize(this.buffer.length)
  }

  private fit(bytes: number): void {
    const { length } = this.buffer
    if (this.chunked) {
      if (length !== CHUNK_BYTES) this.resize(CHUNK_BYTES)
    } else if (bytes === length && length < BULK_BYTES) {
      this.resize(length === START_BYTES ? CHUNK_BYTES : BULK_BYTES)
    } else if (length < BULK_BYTES || bytes > CHUNK_BYTES) {
      this.smallReads = 0
    } else if (++this.smallReads === SMALL_READS) {
      this.resize(CHUNK_BYTES)
    }
  }

  private resize(bytes: number): void {
    this.buffer = Buffer.allocUnsafe(bytes)
    this.smallReads = 0
  }
}

export function dialInto(intake: Intake, { host, port }: Address): Socket {
  return connect({
    host: host === '' ? 'localhost' : host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    onread: intake.onread,
  })
}

/** A connection just accepted, of which nothing is read yet. */
export type Accepted = Socket | Handle

/** What is beneath a socket, within Node. */
interface Handle {
  setNoDelay(on: boolean): void
  close(): void
}

/**
 * Hands over what a listening server accepts. Node offers `onread` only to who dials, and makes a socket of its own for
 * all that it accepts: here the handles are taken before it does. A Node that shows no handles hands over sockets.
 * @param failed told of each that could not be accepted
 * @param server with `pauseOnConnect`, `allowHalfOpen` and `noDelay`
 */
export function accept(
  server: Server,
  accepted: (connection: Accepted) => void,
  failed: (error: Error) => void,
): void {
  const { _handle: listening } = server as unknown as {
    readonly _handle?: { onconnection?: (error: number, handle: Handle) => void }
  }
  server.on('error', failed)
  if (listening?.onconnection === undefined) server.on('connection', accepted)
  else
    listening.onconnection = (error, handle) => {
      if (error === 0) accepted(handle)
      else failed(new Error(`accept ${getSystemErrorName(error)}`))
    }
}

export function acceptInto(intake: Intake, accepted: Accepted): Socket {
  if (accepted instanceof Socket) return accepted.on('data', (data) => intake.receive(data))
  accepted.setNoDelay(true)
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread: intake.onread }
  return new Socket(Object.assign(options, { handle: accepted, pauseOnCreate: true }))
}

export function refuse(accepted: Accepted): void {
  if (accepted instanceof Socket) accepted.destroy()
  else accepted.close()
}
