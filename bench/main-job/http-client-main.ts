/** Asks a server so many times by one HTTP client, each time on a connection of its own, and tells what CPU it took. */
import { setImmediate as turn } from 'node:timers/promises'
import { Pool } from 'undici'
import { usersHttp } from '../../harness/load/builtin/http.ts'
import type { Client } from './http-clients.ts'

const [client, port, requests] = process.argv.slice(2) as [Client, string, string]
const atOnce = 8
const warmUp = 2000
const origin = `http://127.0.0.1:${port}`

const clients: Record<Client, () => () => Promise<number>> = {
  ours() {
    const { http } = usersHttp(origin)
    return async () => (await http('GET', '/')).status
  },
  /** The cheapest that undici has: handlers instead of streams, and no connection kept. */
  undici() {
    const pool = new Pool(origin, { pipelining: 0 })
    return () =>
      new Promise((resolve, reject) => {
        let status = 0
        let text = ''
        pool.dispatch(
          { method: 'GET', path: '/', reset: true },
          {
            onRequestStart() {},
            onResponseStart(_controller, code) {
              status = code
            },
            onResponseData(_controller, chunk) {
              text += chunk.toString()
            },
            onResponseEnd: () => resolve(text === '' ? 0 : status),
            onResponseError: (_controller, error) => reject(error),
          },
        )
      })
  },
}

const ask = clients[client]()

async function askTimes(times: number): Promise<void> {
  let left = times
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      const status = await ask()
      if (status !== 200) throw new Error(`${client}: status ${status}`)
      await turn()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

await askTimes(warmUp)
const before = process.cpuUsage()
await askTimes(Number(requests))
const used = process.cpuUsage(before)
process.send?.({ cpuUs: (used.user + used.system) / Number(requests) })
process.disconnect?.()
