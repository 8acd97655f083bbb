import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Order } from './protocol.ts'

/** A question waits so long for a new order, ms, before it is answered with none. */
const heldMs = 20_000

/** Where k6's VUs ask for their orders. Once it is gone, they end by themselves: nobody is left to watch them. */
export interface Orders extends AsyncDisposable {
  readonly url: string
  /** Resolves once so many VUs have asked, each being ready for its first order. */
  asked(vus: number): Promise<void>
  give(order: Order): void
}

export async function giveOrders(): Promise<Orders> {
  const orders: Order[] = []
  const waiting = new Map<ServerResponse, { after: number; timer: NodeJS.Timeout }>()
  const seen = new Set<string>()
  const watchers: { vus: number; resolve(): void }[] = []

  const answer = (response: ServerResponse, after: number): void => {
    clearTimeout(waiting.get(response)?.timer)
    waiting.delete(response)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(orders.slice(after)))
  }
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://orders')
    const after = Number(searchParams.get('after'))
    seen.add(pathname)
    for (const { vus, resolve } of watchers) if (seen.size >= vus) resolve()
    if (orders.length > after) return answer(response, after)
    waiting.set(response, { after, timer: setTimeout(() => answer(response, after), heldMs) })
    response.once('close', () => {
      clearTimeout(waiting.get(response)?.timer)
      waiting.delete(response)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (vus) =>
      new Promise((resolve) => {
        if (seen.size >= vus) resolve()
        else watchers.push({ vus, resolve })
      }),
    give(order) {
      orders.push(order)
      for (const [response, { after }] of [...waiting]) answer(response, after)
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
