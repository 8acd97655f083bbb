import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area } from '../case.ts'
import { within } from '../peer.ts'

const MESSAGES = 65_535

export const link: Area = {
  area: 'links',
  cases: [
    {
      name: '65,535 messages of two bytes arrive in order while latency comes and goes',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        const { client, server } = await connect()
        const expected = Buffer.alloc(MESSAGES * 2)
        for (let i = 0; i < MESSAGES; i++) expected.writeUInt16BE(i, i * 2)

        const sending = (async () => {
          for (let i = 0; i < MESSAGES; i++) {
            client.write(expected.subarray(i * 2, i * 2 + 2))
            if (i % 100 === 99) await delay(1)
          }
        })()
        let sent = false
        const settled = sending.then(() => {
          sent = true
        })
        let changes = 0
        while (!sent) {
          await toxic({ type: 'latency', stream: 'upstream', attributes: { latency: 1000 } })
          await ask(204, 'DELETE', `${path}/toxics/latency_upstream`)
          changes++
        }
        await settled
        client.socket.end()
        expect(await server.ended()).toBe('eof')
        expect(server.received().equals(expected)).toBe(true)
        expect(changes).toBeGreaterThan(10)
      },
    },
    {
      name: 'an open connection lives through toxics that come and go',
      async run({ ask, proxy }) {
        const { toxic, connect } = await proxy({ echo: true })
        const { client } = await connect()
        let bytes = 0
        for (let round = 0; round < 3; round++) {
          client.write('hello world')
          bytes += 11
          await client.receive(bytes)
          await toxic({ type: 'noop', stream: 'upstream' })
          await toxic({ type: 'noop', stream: 'downstream' })
          client.write('hello world')
          bytes += 11
          await client.receive(bytes)
          await ask(204, 'POST', '/reset')
        }
      },
    },
    {
      name: 'echoes are whole while toxics are added and removed on both streams',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy({ echo: true })
        const { client } = await connect()
        let echoing = true
        const changing = (async () => {
          while (echoing) {
            await toxic({ name: 'up', type: 'noop', stream: 'upstream' })
            await toxic({ name: 'down', type: 'noop' })
            await ask(204, 'DELETE', `${path}/toxics/up`)
            await ask(204, 'DELETE', `${path}/toxics/down`)
          }
        })()
        for (let i = 1; i <= 200; i++) {
          client.write('hello world')
          await client.receive(i * 11)
        }
        echoing = false
        await changing
        expect(`${client.received()}`).toBe('hello world'.repeat(200))
      },
    },
    {
      name: 'toxicity 0 spares a connection, and set to 1 it takes hold of it',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 't', type: 'timeout', toxicity: 0 })
        const { client, server } = await connect()
        server.write('*')
        expect(`${await client.receive(1)}`).toBe('*')
        await ask(200, 'PATCH', `${path}/toxics/t`, { toxicity: 1, attributes: { timeout: 100 } })
        const sinceMs = performance.now()
        server.write('*')
        await client.ended()
        expect(performance.now() - sinceMs).toBeGreaterThan(90)
        expect(client.received().length).toBe(1)
      },
    },
    {
      name: 'toxicity 0.5 takes hold of about half of the connections',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        await toxic({ type: 'limit_data', toxicity: 0.5, attributes: { bytes: 0 } })
        let cut = 0
        for (let i = 0; i < 100; i++) {
          const { client, server } = await connect()
          server.write('*')
          const outcome = await Promise.race([client.ended(), client.receive(1)])
          if (typeof outcome === 'string') cut++
          client.socket.destroy()
        }
        // Outside of this in one run of a million.
        expect(cut).toBeGreaterThan(25)
        expect(cut).toBeLessThan(75)
      },
    },
    {
      name: 'toxicity is drawn again when the toxic is updated',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 't', type: 'timeout', toxicity: 0 })
        const { client, server } = await connect()
        for (const [toxicity, arrives] of [
          [1, false],
          [0, true],
          [1, false],
        ] as const) {
          const before = client.received().length
          await ask(200, 'PATCH', `${path}/toxics/t`, { toxicity })
          server.write('*')
          await delay(100)
          expect(client.received().length - before).toBe(arrives ? 1 : 0)
        }
      },
    },
    {
      name: 'toxicity is drawn again when a toxic comes or goes behind it',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 't', type: 'timeout', toxicity: 0.5 })
        const { client, server } = await connect()
        const seen = new Set<boolean>()
        // Both outcomes fail to come in one run of 2^39.
        for (let change = 0; change < 40 && seen.size < 2; change++) {
          if (change % 2 === 0) await toxic({ name: 'behind', type: 'noop' })
          else await ask(204, 'DELETE', `${path}/toxics/behind`)
          const before = client.received().length
          server.write('*')
          await delay(60)
          seen.add(client.received().length > before)
        }
        expect(seen).toEqual(new Set([true, false]))
      },
    },
    {
      name: 'what meets a toxic at once is at most 32 KiB',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        const sizes = { average_size: 60_000, size_variation: 0, delay: 300_000 }
        await toxic({ type: 'slicer', stream: 'upstream', attributes: sizes })
        const { client, server } = await connect()
        client.write(Buffer.alloc(60_000))
        // The slicer finds nothing to cut, and waits behind each chunk.
        await server.receive(1)
        await delay(100)
        expect(server.received().length).toBeLessThanOrEqual(32 * 1024)
        await server.receive(60_000)
      },
    },
    {
      name: 'an update takes hold of open connections before it is answered',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 't', type: 'bandwidth', attributes: { rate: 0 } })
        const { client, server } = await connect()
        server.write('held')
        await delay(50)
        expect(client.received().length).toBe(0)
        await ask(200, 'PATCH', `${path}/toxics/t`, { attributes: { rate: 1000 } })
        expect(`${await client.receive(4)}`).toBe('held')
      },
    },
    {
      name: 'what a removed toxic held goes on at once, in order',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 'slow', type: 'latency', attributes: { latency: 60_000 } })
        const { client, server } = await connect()
        for (let i = 0; i < 10; i++) {
          server.write(`${i}`)
          await delay(5)
        }
        server.socket.end()
        await delay(50)
        expect(client.received().length).toBe(0)
        await ask(204, 'DELETE', `${path}/toxics/slow`)
        await client.ended()
        expect(`${client.received()}`).toBe('0123456789')
      },
    },
    {
      name: 'removing the middle of three keeps what the others hold in order',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        for (const name of ['a', 'b', 'c'])
          await toxic({ name, type: 'latency', attributes: { latency: 300 } })
        const { client, server } = await connect()
        for (let i = 0; i < 10; i++) {
          server.write(`${i}`)
          await delay(20)
        }
        await ask(204, 'DELETE', `${path}/toxics/b`)
        server.write('!')
        expect(`${await client.receive(11)}`).toBe('0123456789!')
      },
    },
    {
      name: 'a toxic is removed though its reader does not read',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        const { client, server } = await connect()
        client.socket.pause()
        await toxic({ name: 'stall', type: 'bandwidth', attributes: { rate: 0 } })
        for (let i = 0; i < 100; i++) server.write(Buffer.alloc(100_000))
        await delay(100)
        await ask(204, 'DELETE', `${path}/toxics/stall`)
        client.socket.resume()
        await client.receive(10_000_000)
      },
    },
    {
      name: 'removing one of two toxics before a timeout does not hang',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        const { client } = await connect()
        await toxic({ name: 'might_block', type: 'latency', stream: 'upstream', attributes: { latency: 10 } })
        await toxic({ name: 'timeout', type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } })
        for (let i = 0; i < 5; i++) {
          client.write('hello')
          await delay(50)
        }
        await within(ask(204, 'DELETE', `${path}/toxics/might_block`), 'the removal', 5_000)
      },
    },
    {
      name: 'a toxic is removed though its destination is dead',
      deviation: 'no freeze on a dead connection',
      ownServer: true,
      async run({ ask, proxy, subject }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ name: 'slow', type: 'latency', attributes: { latency: 10 } })
        const { client, server } = await connect()
        // As good as dead: it neither reads nor closes.
        client.socket.pause()
        for (let i = 0; i < 300; i++) server.write(Buffer.alloc(100_000))
        await delay(500)
        const removal = within(ask(204, 'DELETE', `${path}/toxics/slow`), 'the removal', 4_000)
        if (subject.real) await expect(removal).rejects.toThrow('waited')
        else await removal
      },
    },
    {
      name: 'connections made and broken while latency comes and goes',
      async run({ ask, proxy, dial }) {
        const { path, toxic, listen } = await proxy()
        for (let i = 0; i < 200; i++) {
          await toxic({ type: 'latency', stream: 'upstream', attributes: { latency: 10 } })
          const client = await dial(listen)
          client.socket.end('hello')
          await ask(204, 'DELETE', `${path}/toxics/latency_upstream`)
        }
      },
    },
    {
      name: 'a small message costs little time',
      async run({ proxy }) {
        const { connect } = await proxy({ echo: true })
        const { client } = await connect()
        const sinceMs = performance.now()
        for (let i = 1; i <= 200; i++) {
          client.write('hello world\n')
          await client.receive(i * 12)
        }
        // A bound on behaviour (no wait, no Nagle), not on speed: the benchmark measures that.
        expect((performance.now() - sinceMs) / 200).toBeLessThan(10)
      },
    },
  ],
}
