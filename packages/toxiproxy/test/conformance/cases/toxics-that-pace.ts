import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Case } from '../case.ts'
import { survives } from './survives.ts'
import { EARLY_MS, expectTook, timed } from './timing.ts'

function latencyCase(name: string, up: number | undefined, down: number | undefined): Case {
  return {
    name: `latency: ${name}`,
    async run({ proxy, ask }) {
      const { path, toxic, connect } = await proxy()
      if (up !== undefined)
        await toxic({ name: 'up', type: 'latency', stream: 'upstream', attributes: { latency: up } })
      if (down !== undefined) await toxic({ name: 'down', type: 'latency', attributes: { latency: down } })
      const { client, server } = await connect()
      const message = randomBytes(32 * 1024 + 12)
      const there = await timed(async () => {
        client.write(message)
        expect((await server.receive(message.length)).equals(message)).toBe(true)
      })
      const back = await timed(async () => {
        server.write(message)
        expect((await client.receive(message.length)).equals(message)).toBe(true)
      })
      expectTook(there, up ?? 0)
      expectTook(back, down ?? 0)
      for (const side of [up !== undefined && 'up', down !== undefined && 'down']) {
        if (side) await ask(204, 'DELETE', `${path}/toxics/${side}`)
      }
    },
  }
}

export const latency: readonly Case[] = [
  latencyCase('100 ms upstream', 100, undefined),
  latencyCase('100 ms downstream', undefined, 100),
  latencyCase('100 ms each way', 100, 100),
  latencyCase('1000 ms up, 100 ms down', 1000, 100),
  latencyCase('100 ms up, 1000 ms down', 100, 1000),
  latencyCase('0 ms', 0, 0),
  {
    name: 'latency: two of 500 ms add up',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      for (const name of ['a', 'b']) {
        await toxic({ name, type: 'latency', stream: 'upstream', attributes: { latency: 500 } })
      }
      const { client, server } = await connect()
      const took = await timed(async () => {
        client.write('hello')
        await server.receive(5)
      })
      expectTook(took, 1000)
    },
  },
  {
    name: 'latency: two of them delay each chunk by their sum, also one that waited behind another',
    deviation: 'delays add up',
    async run({ proxy, subject }) {
      const { toxic, connect } = await proxy()
      for (const name of ['a', 'b']) {
        await toxic({ name, type: 'latency', stream: 'upstream', attributes: { latency: 400 } })
      }
      const { client, server } = await connect()
      client.write('1')
      await delay(200)
      const took = await timed(async () => {
        client.write('2')
        await server.receive(2)
      })
      if (subject.asUpstream) expect(took).toBeLessThan(770)
      expectTook(took, subject.asUpstream ? 600 : 800)
    },
  },
  {
    name: 'latency: jitter spreads the delay on both sides of it, and keeps the order',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'latency', attributes: { latency: 60, jitter: 40 } })
      const { client, server } = await connect()
      const tooks: number[] = []
      for (let i = 1; i <= 40; i++) {
        tooks.push(
          await timed(async () => {
            server.write('*')
            await client.receive(i)
          }),
        )
      }
      expect(Math.min(...tooks)).toBeGreaterThanOrEqual(20 - EARLY_MS)
      expect(Math.min(...tooks)).toBeLessThan(60)
      expect(Math.max(...tooks)).toBeGreaterThan(60)
      for (let i = 0; i < 100; i++) {
        server.write(String.fromCharCode(65 + (i % 26)))
        await delay(1)
      }
      const text = `${await client.receive(140)}`.slice(40)
      expect(text).toBe(Array.from({ length: 100 }, (_, i) => String.fromCharCode(65 + (i % 26))).join(''))
    },
  },
  {
    name: 'latency: chunks wait side by side, so that throughput is kept',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'latency', attributes: { latency: 100 } })
      const { client, server } = await connect()
      const sent = randomBytes(20_000_000)
      const took = await timed(async () => {
        server.write(sent)
        expect((await client.receive(sent.length)).equals(sent)).toBe(true)
      })
      // One chunk of 32 KiB at a time would take a minute.
      expect(took).toBeLessThan(10_000)
      expect(took).toBeGreaterThanOrEqual(100 - EARLY_MS)
    },
  },
  {
    name: 'latency: the end alone is not delayed, behind data it waits',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'latency', attributes: { latency: 1000 } })
      const idle = await connect()
      const ended = await timed(async () => {
        idle.server.socket.end()
        await idle.client.ended()
      })
      expect(ended).toBeLessThan(1000)
      const busy = await connect()
      const took = await timed(async () => {
        busy.server.socket.end('data')
        await busy.client.ended()
      })
      expectTook(took, 1000)
      expect(`${busy.client.received()}`).toBe('data')
    },
  },
  {
    name: 'latency: holds the writer back in the end',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'latency', stream: 'upstream', attributes: { latency: 60_000 } })
      const { client } = await connect()
      let written = 0
      const write = () => {
        while (written < 300_000_000 && client.socket.write(Buffer.alloc(1_000_000))) written += 1_000_000
      }
      client.socket.on('drain', write)
      write()
      await delay(1500)
      expect(written).toBeLessThan(150_000_000)
    },
  },
]

export const bandwidth: readonly Case[] = [
  {
    name: 'bandwidth: 480 KB at 1000 KB/s take 480 ms',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1000 } })
      const { client, server } = await connect()
      const sent = randomBytes(480_000)
      const took = await timed(async () => {
        client.write(sent)
        expect((await server.receive(sent.length)).equals(sent)).toBe(true)
      })
      expectTook(took, 480, 15)
    },
  },
  {
    name: 'bandwidth: a chunk above 100 ms of its rate comes in slices of that',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 20 } })
      const { client, server } = await connect()
      const took = await timed(async () => {
        client.write(randomBytes(10_000))
        await server.receive(10_000)
      })
      const bytes = server.pieces.map((piece) => piece.bytes)
      // Who is kept from the CPU for longer than a slice takes reads two as one.
      expect(bytes.filter((length) => length % 2000 !== 0)).toEqual([])
      expect(bytes.length).toBeGreaterThan(1)
      expect(took).toBeGreaterThanOrEqual(395)
    },
  },
  {
    name: 'bandwidth: rate 0 stalls, and the end with it',
    async run({ ask, proxy }) {
      const { path, toxic, connect } = await proxy()
      await toxic({ name: 'stall', type: 'bandwidth', attributes: { rate: 0 } })
      const { client, server } = await connect()
      server.socket.end('held')
      await delay(300)
      expect([client.received().length, client.socket.readableEnded]).toEqual([0, false])
      await ask(204, 'DELETE', `${path}/toxics/stall`)
      expect(await client.ended()).toBe('eof')
      expect(`${client.received()}`).toBe('held')
    },
  },
  {
    name: 'bandwidth: holds the writer back',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 1 } })
      const { client } = await connect()
      let written = 0
      const write = () => {
        while (written < 200_000_000 && client.socket.write(Buffer.alloc(1_000_000))) written += 1_000_000
      }
      client.socket.on('drain', write)
      write()
      await delay(700)
      expect(written).toBeLessThan(100_000_000)
    },
  },
  {
    name: 'bandwidth: a negative rate does not bring the server down',
    deviation: 'no crash on a negative rate',
    ownServer: true,
    run: (world) => survives(world, { type: 'bandwidth', stream: 'upstream', attributes: { rate: -1 } }),
  },
  ...(
    [
      ['latency', { latency: 1, jitter: 2 ** 62 }],
      ['bandwidth', { rate: 1e17 }],
    ] as const
  ).map(
    ([type, attributes]): Case => ({
      name: `${type}: numbers that overflow do not bring the server down`,
      deviation: 'no crash on numbers that overflow',
      ownServer: true,
      run: (world) => survives(world, { type, stream: 'upstream', attributes }, world.subject.real),
    }),
  ),
]
