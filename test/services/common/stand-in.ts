import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A server of the test's own at the other end of a link. */
export interface StandIn extends AsyncDisposable {
  readonly url: string
  readonly server: Server
}

export async function standIn(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<StandIn> {
  const server = createServer(handle)
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
