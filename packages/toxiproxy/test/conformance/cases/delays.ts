import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area, Case } from '../case.ts'

/** More milliseconds than a timer of Node's holds, which is 2 ** 31 - 1: it would fire at once. */
const WEEKS = 3_000_000_000
const HELD_FOR_MS = 150

/** The toxic keeps what it got, and the connection stays as it is. */
function holds(type: string, attributes: object, more: { readonly ends?: boolean } = {}): Case {
  return {
    name: `${type} ${JSON.stringify(attributes)} holds`,
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type, stream: 'upstream', attributes })
      const { client, server } = await connect()
      if (more.ends) client.socket.end()
      else client.write('kept back')
      const came = Promise.race([server.ended(), client.ended(), server.receive(9)])
      expect(await Promise.race([came, delay(HELD_FOR_MS, 'nothing')])).toBe('nothing')
      came.catch(() => {})
      client.socket.resetAndDestroy()
    },
  }
}

export const delays: Area = {
  area: 'delays',
  cases: [
    holds('latency', { latency: 2 ** 31 }),
    holds('latency', { latency: WEEKS, jitter: 10 }),
    holds('timeout', { timeout: WEEKS }),
    holds('reset_peer', { timeout: WEEKS }),
    holds('slow_close', { delay: WEEKS }, { ends: true }),
    {
      name: 'slicer: a delay of weeks keeps back all but the first piece',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        await toxic({
          type: 'slicer',
          stream: 'upstream',
          attributes: { average_size: 4, size_variation: 0, delay: WEEKS * 1000 },
        })
        const { client, server } = await connect()
        client.write('abcdefgh')
        await server.receive(1)
        await delay(HELD_FOR_MS)
        expect(server.received().length).toBeLessThan(8)
      },
    },
    {
      name: 'latency is never shorter than it says',
      async run({ proxy }) {
        const { toxic, connect } = await proxy({ echo: true })
        await toxic({ type: 'latency', attributes: { latency: 20 } })
        const { client } = await connect()
        let shortest = Number.POSITIVE_INFINITY
        for (let trips = 1; trips <= 100; trips++) {
          const sinceMs = performance.now()
          client.write('*')
          await client.receive(trips)
          shortest = Math.min(shortest, performance.now() - sinceMs)
        }
        expect(shortest).toBeGreaterThanOrEqual(20)
      },
    },
  ],
}
