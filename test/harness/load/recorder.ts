import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** A server that keeps what it is sent, request by request: the first line, headers by name, an empty line, the body. */
export interface Recorder extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly string[]
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'

export async function startRecorder(): Promise<Recorder> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let received = ''
    socket.on('error', () => {})
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      received += text
      const whole = requestIn(received)
      if (whole === undefined) return
      received = ''
      requests.push(whole)
      socket.end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** @returns undefined while its body is not whole */
function requestIn(received: string): string | undefined {
  const [head, body] = received.split('\r\n\r\n')
  if (body === undefined) return undefined
  const [first, ...fields] = head!.split('\r\n')
  const length = Number(/^content-length: (\d+)$/im.exec(head!)?.[1] ?? 0)
  if (Buffer.byteLength(body) < length) return undefined
  const headers = fields.map((field) => field.replace(/^[^:]*/, (name) => name.toLowerCase())).sort()
  return [first, ...headers, '', body].join('\n')
}
