/**
 * Run inside a network namespace: a server that answers each connection once it has had as many bytes as its first four
 * say, and 200 OK to what is HTTP. Prints its port and serves until its standard input ends.
 */
import { createServer } from 'node:net'

const [host = '127.0.0.1'] = process.argv.slice(2)

const server = createServer({ noDelay: true }, (socket) => {
  let bytes = 0
  let wanted: number | undefined
  let tail = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    bytes += data.length
    wanted ??= data.toString('latin1', 0, 4) === 'GET ' ? Number.POSITIVE_INFINITY : data.readUInt32BE(0)
    tail = (tail + data.toString('latin1')).slice(-4)
    if (wanted === Number.POSITIVE_INFINITY ? tail === '\r\n\r\n' : bytes >= wanted)
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  })
}).listen(0, host, 4096, () => {
  process.stdout.write(`${(server.address() as { port: number }).port}\n`)
})
process.stdin.resume().on('end', () => process.exit())
