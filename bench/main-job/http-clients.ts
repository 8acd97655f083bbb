import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** HTTP clients that are held against each other. */
export type Client = 'ours' | 'undici'

const requests = 8000

/** CPU that a client takes for one request on a connection of its own, µs, in a process that does nothing else. */
export async function requestCpuUs(client: Client, port: number): Promise<number> {
  const main = fileURLToPath(import.meta.resolve('./http-client-main.ts'))
  const child = fork(main, [client, String(port), String(requests)], { execArgv: [] })
  const told = once(child, 'message').then(([{ cpuUs }]) => cpuUs as number)
  const gone = once(child, 'exit').then(([code]): never => {
    throw new Error(`${client} ended with ${code} before it told its CPU`)
  })
  gone.catch(() => {})
  return Promise.race([told, gone])
}
