import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * `pass` · `stall` accepts and says nothing, what was said is lost (F4) · `cut` refuses and resets (F2) ·
 * `drop-large` lets pass what fits one packet and loses the rest of a connection with any longer piece (F1).
 */
export type LinkMode = 'pass' | 'stall' | 'cut' | 'drop-large'

/** A TCP link that a test can break while connections run over it. */
export interface Link extends AsyncDisposable {
  readonly url: string
  /** Where it leads; may be set after the start, as services need each other's addresses. */
  target: string
  mode: LinkMode
  /** Connections taken so far. */
  readonly connections: number
}

/** The payload of a full Ethernet packet, in bytes. */
const segment = 1_460

export async function startLink(): Promise<Link> {
  let mode: LinkMode = 'pass'
  let target = ''
  let connections = 0
  const sockets = new Set<Socket>()

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    connections += 1
    track(client)
    if (mode === 'cut') {
      client.resetAndDestroy()
      return
    }
    const { hostname, port } = new URL(target)
    const upstream = connect(Number(port), hostname)
    track(upstream)
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
    forward(client, upstream)
    forward(upstream, client)
  })
  function forward(from: Socket, to: Socket): void {
    let lossy = false
    from.on('data', (chunk) => {
      lossy ||= mode === 'drop-large' && chunk.length > segment
      if (mode !== 'stall' && !lossy) to.write(chunk)
    })
    from.once('end', () => {
      if (mode !== 'stall') to.end()
    })
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    get connections() {
      return connections
    },
    get target() {
      return target
    },
    set target(url) {
      target = url
    },
    get mode() {
      return mode
    },
    set mode(next) {
      // What was swallowed cannot be delivered late: those connections are lost, as with the real proxy.
      if (mode === 'stall' || next === 'cut') for (const socket of sockets) socket.resetAndDestroy()
      mode = next
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
