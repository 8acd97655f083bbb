/** Opens connections to an address, sends a word on each and waits for the answer, then holds them. Prints how many. */
import { once } from 'node:events'
import { connect } from 'node:net'

const AT_ONCE = 100
const [address, countText] = process.argv.slice(2) as [string, string]
const [host, port] = address.split(':') as [string, string]

async function open() {
  const socket = connect({ host, port: Number(port) })
  socket.write('GET / HTTP/1.1\r\n\r\n')
  await once(socket, 'data')
  socket.on('close', () => process.exit(1))
}

let held = 0
while (held < Number(countText)) {
  await Promise.all(Array.from({ length: AT_ONCE }, open))
  held += AT_ONCE
}
process.stdout.write(`${held}\n`)
setInterval(() => {}, 60_000)
