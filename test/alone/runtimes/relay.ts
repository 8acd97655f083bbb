import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A socket that leads to the engine, and can be cut like a wire. */
export async function relayTo(
  real: string,
  socket: string,
): Promise<{ cut(): void; mend(): Promise<void> } & AsyncDisposable> {
  const open = new Set<Socket>()
  let server: Server | undefined
  const mend = (): Promise<void> =>
    new Promise((listening) => {
      server = createServer((client) => {
        const engine = connect(real)
        for (const [one, other] of [
          [client, engine],
          [engine, client],
        ] as const) {
          open.add(one)
          one
            .on('error', () => {})
            .on('close', () => {
              open.delete(one)
              other.destroy()
            })
          one.pipe(other)
        }
      }).listen(socket, listening)
    })
  const cut = (): void => {
    server?.close()
    rmSync(socket, { force: true })
    for (const one of open) one.destroy()
  }
  await mend()
  return {
    cut,
    mend,
    async [Symbol.asyncDispose]() {
      cut()
    },
  }
}
