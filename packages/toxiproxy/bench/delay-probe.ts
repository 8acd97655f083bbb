/**
 * Sends chunks at a steady rate through a proxy to itself, and prints by how much each was later (or earlier) than the
 * delay it should have had: `{"p99Ms":…,"quietP99Ms":…}`. The second is the median of the p99s of windows of a hundred
 * chunks: a machine that stands still for 20 ms, as a virtual one does, counts once in it. Arguments: address of the
 * proxy, port to receive on, delay in ms, chunks a second, seconds.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const [address, port, delayText, rateText, secondsText] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const delayMs = Number(delayText)
const chunks = Number(rateText) * Number(secondsText)
const everyMs = 1000 / Number(rateText)
const CHUNK_BYTES = 16

const sentAtMs = new Float64Array(chunks)
const errorsMs: number[] = []
const done = Promise.withResolvers<void>()

const server = createServer({ noDelay: true }, (socket) => {
  let received = 0
  socket.on('data', (data) => {
    const nowMs = performance.now()
    const before = Math.floor(received / CHUNK_BYTES)
    received += data.length
    for (let i = before; i < Math.floor(received / CHUNK_BYTES); i++)
      errorsMs.push(nowMs - sentAtMs[i]! - delayMs)
    if (errorsMs.length === chunks) done.resolve()
  })
}).listen(Number(port), '127.0.0.1')
await once(server, 'listening')

const [host, proxyPort] = address.split(':') as [string, string]
const socket = connect({ host, port: Number(proxyPort), noDelay: true })
await once(socket, 'connect')

const startMs = performance.now()
let sent = 0
// A timer is too coarse for a chunk each millisecond: this turns over until it is time.
function send() {
  while (sent < chunks && performance.now() >= startMs + sent * everyMs) {
    sentAtMs[sent++] = performance.now()
    socket.write(Buffer.alloc(CHUNK_BYTES))
  }
  if (sent < chunks) setImmediate(send)
}
send()
await done.promise

const WINDOW_CHUNKS = 100
const windows = Array.from({ length: Math.floor(chunks / WINDOW_CHUNKS) }, (_, i) =>
  p99(errorsMs.slice(i * WINDOW_CHUNKS, (i + 1) * WINDOW_CHUNKS)),
)
windows.sort((a, b) => a - b)
process.stdout.write(
  `${JSON.stringify({ p99Ms: p99(errorsMs), quietP99Ms: windows[windows.length >> 1] })}\n`,
)
process.exit()

function p99(values: readonly number[]): number {
  const sorted = values.map(Math.abs).sort((a, b) => a - b)
  return sorted[Math.floor(0.99 * (sorted.length - 1))]!
}
