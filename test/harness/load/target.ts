import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

/** A server that ends a visit in every way there is, and an address where nobody is. */
export interface Target extends AsyncDisposable {
  readonly url: string
  readonly nobodyUrl: string
  /** Requests until now, by path. */
  readonly asked: ReadonlyMap<string, number>
}

export async function startTarget(): Promise<Target> {
  const asked = new Map<string, number>()
  const requestsOn = new WeakMap<Socket, number>()
  const server = createServer((request, response) => {
    const path = request.url!
    const onConnection = (requestsOn.get(request.socket) ?? 0) + 1
    requestsOn.set(request.socket, onConnection)
    asked.set(path, (asked.get(path) ?? 0) + 1)
    switch (path) {
      case '/unavailable':
        response.writeHead(503).end('{"code":"closed"}')
        break
      case '/elsewhere':
        response.writeHead(302, { location: '/ok' }).end()
        break
      case '/silent':
        break
      case '/reset':
        request.socket.resetAndDestroy()
        break
      case '/close':
        request.socket.end()
        break
      case '/echo': {
        let body = ''
        request.on('data', (chunk) => {
          body += chunk
        })
        request.on('end', () => {
          const { 'x-user': user, 'content-type': type, cookie, traceparent: trace } = request.headers
          response.writeHead(200, { 'x-answer': 'yes', 'set-cookie': 'seen=1' })
          response.end(
            JSON.stringify({ json: body === '' ? null : JSON.parse(body), user, type, cookie, trace }),
          )
        })
        break
      }
      default:
        if (path.startsWith('/faithless/')) faithless(path, onConnection, request.socket, response)
        else response.end('{}')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    nobodyUrl: `http://127.0.0.1:${await portOfNobody()}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/**
 * Drops connections on which it has accepted a request: one in eleven by FIN, one in seven by RST; of the requests that
 * are not the first of their connection, one in three. Which ones is fixed by visit and step.
 */
function faithless(path: string, onConnection: number, socket: Socket, response: ServerResponse): void {
  const [visit, step] = path.split('/').slice(2).map(Number)
  const which = visit! * 3 + step!
  if (which % 11 === 0) socket.end()
  else if (which % 7 === 0) socket.resetAndDestroy()
  else if (onConnection > 1 && which % 3 === 0) socket.end()
  else response.end('{}')
}

async function portOfNobody(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}
