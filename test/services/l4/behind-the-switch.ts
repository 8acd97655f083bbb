import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import { type L4, startL4 } from '../../../services/l4/app.ts'
import { mockOperatorToken } from '../../../services/l4/config.ts'
import { call } from '../fallback/client.ts'

/** A server behind the switch. */
interface Upstream {
  readonly url: string
  readonly server: Server
  readonly sockets: Set<Socket>
}

const opened: Server[] = []

afterEach(() => {
  for (const server of opened.splice(0)) server.close()
})

export async function upstream(serve: (socket: Socket) => void, port = 0): Promise<Upstream> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    serve(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  opened.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets }
}

export const says = (word: string) => (socket: Socket) => socket.end(word)
export const nobody = 'http://127.0.0.1:1'

export function start(a: string, b: string, more: Record<string, string> = {}): Promise<L4> {
  const env = { PORT: '0', ADMIN_PORT: '0', GPKI_A_URL: a, GPKI_B_URL: b, LOG_LEVEL: 'fatal' }
  return startL4({ ...env, ...more })
}

export async function dial({ entranceUrl }: L4): Promise<Socket> {
  const { hostname, port } = new URL(entranceUrl)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** All the other end says until it ends; 'reset' when it is reset instead. */
export async function hear(socket: Socket): Promise<string> {
  let heard = ''
  return new Promise((resolve) => {
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      heard += chunk
    })
    socket.once('end', () => {
      socket.end()
      resolve(heard)
    })
    socket.once('error', () => resolve('reset'))
  })
}

export const ask = async (l4: L4) => hear(await dial(l4))
export const headers = { authorization: `Bearer ${mockOperatorToken}` }
export const asOperator = (url: string) => call(url, { headers })
