/** Two sockets and what one says written to the other: what a proxy in Node costs that can do nothing else. */
import { type AddressInfo, connect, createServer } from 'node:net'

const [host, port] = process.argv[2]!.split(':') as [string, string]

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host, port: Number(port), noDelay: true })
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('data', (data) => to.write(data))
    from.on('error', () => {})
    from.on('close', () => to.destroy())
  }
})
server.listen({ port: 0, host: '127.0.0.1' }, () => {
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
