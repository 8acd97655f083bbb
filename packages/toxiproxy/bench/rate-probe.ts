/**
 * Sends as fast as it may through a proxy to itself and prints the bytes a second that arrived after the first half
 * second, as a number. Arguments: address of the proxy, port to receive on, seconds.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const SETTLE_MS = 500
const [address, port, secondsText] = process.argv.slice(2) as [string, string, string]

let bytes = 0
/** The last arrival on each side of the window: arrivals come in lumps, and a window cut between two would count one too many. */
let arrivals: { atMs: number; bytes: number }[] = []
const server = createServer((socket) => {
  socket.on('data', (data) => {
    bytes += data.length
    arrivals.push({ atMs: performance.now(), bytes })
  })
}).listen(Number(port), '127.0.0.1')
await once(server, 'listening')

const [host, proxyPort] = address.split(':') as [string, string]
const socket = connect({ host, port: Number(proxyPort) })
socket.on('error', () => {})
await once(socket, 'connect')
const block = Buffer.alloc(64 * 1024)
const fill = () => {
  while (socket.write(block));
}
socket.on('drain', fill)
fill()

setTimeout(
  () => {
    const startMs = arrivals[0]!.atMs + SETTLE_MS
    arrivals = arrivals.filter(({ atMs }) => atMs >= startMs)
    const first = arrivals[0]!
    const last = arrivals.at(-1)!
    process.stdout.write(`${((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000}\n`)
    process.exit()
  },
  Number(secondsText) * 1000 + SETTLE_MS,
)
