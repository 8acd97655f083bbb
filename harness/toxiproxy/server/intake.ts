import { connect, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'
import type { Address } from './address.ts'

const SIZES_BYTES = [4 * 1024, 64 * 1024, 256 * 1024] as const
/** So many reads in a row that leave a buffer mostly empty show that it is too large. */
const SMALL_READS = 64

/**
 * The memory that a socket reads into, used again for every read: Node's own way, a new 64 KiB buffer for each, costs
 * more than all else that a proxy does. It grows when reads fill it and shrinks when they do not, so that idle
 * connections are cheap and busy ones fast.
 */
export class Intake {
  /** Gets what was read, to use before it returns, or to `keep()`. */
  receive: (data: Buffer) => void = () => {}
  readonly onread: OnReadOpts
  private size = 0
  private buffer = allocate(0)
  private smallReads = 0

  constructor() {
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

  /** The data just received is not to be overwritten: the next read gets other memory. */
  keep(): void {
    this.buffer = allocate(this.size)
  }

  private fit(bytes: number): void {
    if (bytes === SIZES_BYTES[this.size] && this.size < SIZES_BYTES.length - 1) {
      this.resize(this.size + 1)
    } else if (this.size === 0 || bytes > SIZES_BYTES[this.size]! / 8) {
      this.smallReads = 0
    } else if (++this.smallReads === SMALL_READS) {
      this.resize(this.size - 1)
    }
  }

  private resize(size: number): void {
    this.size = size
    this.smallReads = 0
    this.buffer = allocate(size)
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

/**
 * Node offers `onread` only to who dials. An accepted socket gets it by being made anew around its handle; should a
 * Node come that has no such handle, it goes on as it is and reads Node's way.
 * @param accepted by a server with `pauseOnConnect` and `allowHalfOpen`
 */
export function acceptInto(intake: Intake, accepted: Socket): Socket {
  const { _handle: handle } = accepted as unknown as { readonly _handle?: object }
  if (handle === undefined) return accepted.on('data', (data) => intake.receive(data))
  const options: SocketConstructorOpts = { allowHalfOpen: true, onread: intake.onread }
  return new Socket(Object.assign(options, { handle, pauseOnCreate: true }))
}

function allocate(size: number): Buffer {
  return Buffer.allocUnsafeSlow(SIZES_BYTES[size]!)
}
