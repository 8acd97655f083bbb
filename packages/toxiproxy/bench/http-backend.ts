/** The smallest HTTP server there can be, in a process of its own: each request of wrk comes in one piece. */
import { type AddressInfo, createServer } from 'node:net'

const body = 'hello world\n'
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n`
const keepAlive = Buffer.from(`${head}\r\n${body}`)
const close = Buffer.from(`${head}Connection: close\r\n\r\n${body}`)

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.on('data', (request) => {
    if (request.includes('Connection: close')) socket.end(close)
    else socket.write(keepAlive)
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
