import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const PATIENCE_MS = 15_000

/** One end of a connection, as a test sees it. */
export interface Peer {
  readonly socket: Socket
  readonly pieces: readonly { readonly bytes: number; readonly atMs: number }[]
  /** How it ended: `eof` when the other side closed it in order, `reset` when it did not. */
  ended(): Promise<'eof' | 'reset'>
  received(): Buffer
  /** Waits until this many bytes have come in all. */
  receive(bytes: number): Promise<Buffer>
  write(data: string | Buffer): void
}

export interface Upstream extends AsyncDisposable {
  /** host:port */
  readonly address: string
  /** The next connection that comes in. */
  next(): Promise<Peer>
}

export function createPeer(socket: Socket): Peer {
  const chunks: Buffer[] = []
  const pieces: { bytes: number; atMs: number }[] = []
  const waiting = new Set<() => void>()
  let bytes = 0
  const ended = Promise.withResolvers<'eof' | 'reset'>()
  socket.setNoDelay(true)
  socket.on('data', (data) => {
    chunks.push(data)
    bytes += data.length
    pieces.push({ bytes: data.length, atMs: performance.now() })
    for (const check of waiting) check()
  })
  socket.on('end', () => ended.resolve('eof'))
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') ended.resolve('reset')
  })
  socket.on('close', () => ended.resolve('eof'))

  return {
    socket,
    pieces,
    ended: () => within(ended.promise, 'the end of the connection'),
    received: () => Buffer.concat(chunks),
    write: (data) => void socket.write(data),
    receive: (wanted) =>
      within(
        new Promise<Buffer>((resolve) => {
          const check = () => {
            if (bytes < wanted) return
            waiting.delete(check)
            resolve(Buffer.concat(chunks))
          }
          waiting.add(check)
          check()
        }),
        () => `${wanted} bytes (${bytes} came)`,
      ),
  }
}

export async function dial(address: string): Promise<Peer> {
  const colon = address.lastIndexOf(':')
  const socket = connect({
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    allowHalfOpen: true,
  })
  await once(socket, 'connect')
  return createPeer(socket)
}

/** A server of the test's own, for proxies to lead to. With `echo` it sends back what it gets, and its end. */
export async function startUpstream({ echo = false } = {}): Promise<Upstream> {
  const sockets = new Set<Socket>()
  const arrived: Peer[] = []
  const awaited: ((peer: Peer) => void)[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    const peer = createPeer(socket)
    if (echo) socket.pipe(socket)
    const waiter = awaited.shift()
    if (waiter === undefined) arrived.push(peer)
    else waiter(peer)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: () =>
      within(
        new Promise<Peer>((resolve) => {
          const peer = arrived.shift()
          if (peer === undefined) awaited.push(resolve)
          else resolve(peer)
        }),
        'a connection to the upstream',
      ),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Fails in words when it takes longer than any right behaviour would. */
export async function within<T>(
  promise: Promise<T>,
  what: string | (() => string),
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${timeoutMs} ms for ${typeof what === 'string' ? what : what()}`)),
    timeoutMs,
  )
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer))
}
