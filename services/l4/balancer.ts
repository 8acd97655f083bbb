import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'
import type { Log } from '../common/log.ts'
import type { Backend, Backends } from './backends.ts'

export interface Balancer extends AsyncDisposable {
  /** `host:port` with the port it got. */
  readonly port: number
  readonly counters: BalancerCounters
  /** Drops every connection to this backend. */
  drop(backend: Backend): void
}

export interface BalancerCounters {
  /** Client connections taken. */
  accepted: number
  active: number
  /** Client connections reset because no backend took them, or because there were too many. */
  turnedAway: number
  /** Client connections reset because nothing went over them for too long. */
  idle: number
}

/**
 * Passes TCP connections on to the backends in turn, in both directions with backpressure; half-closed
 * connections stay half-open and a reset on one side becomes a reset on the other. It looks at no payload: a
 * backend that accepts and then says nothing is a good backend to it, as it was in 2023.
 * @param options.connectTimeoutMs how long a backend may take to accept before the next one is tried
 * @param options.idleTimeoutMs after so long without a byte in either direction a connection is reset
 * @param options.maxConnections client connections at once; more are reset
 * @throws when the port cannot be had
 */
export async function startBalancer(options: {
  readonly host: string
  readonly port: number
  readonly backends: Backends
  readonly connectTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly maxConnections: number
  readonly log: Log
}): Promise<Balancer> {
  const { backends, log } = options
  const counters: BalancerCounters = { accepted: 0, active: 0, turnedAway: 0, idle: 0 }
  const pairs = new Map<Socket, Backend>()
  const clients = new Set<Socket>()

  function take(client: Socket): void {
    counters.accepted += 1
    counters.active += 1
    clients.add(client)
    client.on('error', () => {}) // What is to be done happens on close.
    client.once('close', () => {
      counters.active -= 1
      clients.delete(client)
    })
    if (clients.size > options.maxConnections) {
      counters.turnedAway += 1
      client.resetAndDestroy()
      return
    }
    // What the backend says is written to the client: its socket is idle only when both directions are.
    client.setTimeout(options.idleTimeoutMs, () => {
      counters.idle += 1
      client.resetAndDestroy()
    })
    void assign(client)
  }

  async function assign(client: Socket): Promise<void> {
    const tried = new Set<Backend>()
    while (!client.destroyed) {
      const backend = backends.next(tried)
      if (backend === undefined) {
        counters.turnedAway += 1
        client.resetAndDestroy()
        return
      }
      const upstream = await dial(backend, options.connectTimeoutMs)
      if (upstream !== undefined) {
        join(client, upstream, backend, pairs)
        return
      }
      tried.add(backend)
      backend.counters.refused += 1
      log.debug({ backend: backend.name }, 'backend did not accept a connection')
    }
  }

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, take)
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    port,
    counters,
    drop(backend) {
      for (const [upstream, owner] of pairs) if (owner === backend) upstream.resetAndDestroy()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const client of clients) client.destroy()
      await closed
    },
  }
}

function join(client: Socket, upstream: Socket, backend: Backend, pairs: Map<Socket, Backend>): void {
  backend.counters.connections += 1
  backend.counters.active += 1
  pairs.set(upstream, backend)
  upstream.once('close', () => {
    backend.counters.active -= 1
    backend.counters.bytesIn += upstream.bytesWritten
    backend.counters.bytesOut += upstream.bytesRead
    pairs.delete(upstream)
  })
  closeTogether(client, upstream)
  closeTogether(upstream, client)
  if (client.destroyed) {
    upstream.resetAndDestroy()
    return
  }
  client.pipe(upstream)
  upstream.pipe(client)
}

/** An orderly end was already passed on by the pipe; anything else becomes a reset. */
function closeTogether(socket: Socket, other: Socket): void {
  socket.once('close', (hadError) => {
    if (hadError || !socket.readableEnded) other.resetAndDestroy()
  })
}

/** @returns undefined when it does not accept in time */
function dial(backend: Backend, timeoutMs: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const { host, port } = backend
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
    const giveUp = setTimeout(() => socket.destroy(), timeoutMs)
    socket.once('connect', () => {
      clearTimeout(giveUp)
      resolve(socket)
    })
    socket.on('error', () => {}) // What is to be done happens on close.
    socket.once('close', () => {
      clearTimeout(giveUp)
      resolve(undefined)
    })
  })
}
