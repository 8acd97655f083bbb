import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

/** A TCP link the test can break. */
export interface SwitchableLink extends AsyncDisposable {
  readonly url: string
  /** `pass` carries · `stall` accepts and carries nothing · `cut` closes what is open and refuses the rest. */
  set(mode: 'pass' | 'stall' | 'cut'): void
}

export async function switchableLink(target: string): Promise<SwitchableLink> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let mode: 'pass' | 'stall' | 'cut' = 'pass'
  const server = createServer((client) => {
    if (mode === 'cut') {
      client.destroy()
      return
    }
    const upstream = createConnection(Number(port), hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('data', (chunk) => {
        if (mode === 'pass') to.write(chunk)
      })
      from.on('end', () => {
        if (mode === 'pass') to.end()
      })
    }
  })
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      // What a stall swallowed is gone: its connections cannot go on.
      if (next === 'cut' || mode === 'stall') destroyAll()
      mode = next
    },
    async [Symbol.asyncDispose]() {
      destroyAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
