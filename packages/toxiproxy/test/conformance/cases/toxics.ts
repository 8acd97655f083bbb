import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area, Case } from '../case.ts'
import { survives } from './survives.ts'
import { expectTook, timed } from './timing.ts'
import { limit, reset } from './toxics-that-cut.ts'
import { bandwidth, latency } from './toxics-that-pace.ts'

const closing: readonly Case[] = [
  {
    name: 'slow_close: data passes at once, the end waits',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'slow_close', attributes: { delay: 300 } })
      const { client, server } = await connect()
      const sinceMs = performance.now()
      server.socket.end('data')
      await client.receive(4)
      expect(performance.now() - sinceMs).toBeLessThan(300)
      await client.ended()
      expectTook(performance.now() - sinceMs, 300)
    },
  },
  {
    name: 'slow_close: removed while it waits, the end passes at once',
    async run({ ask, proxy }) {
      const { path, toxic, connect } = await proxy()
      await toxic({ name: 'slow', type: 'slow_close', attributes: { delay: 60_000 } })
      const { client, server } = await connect()
      server.socket.end()
      await delay(50)
      await ask(204, 'DELETE', `${path}/toxics/slow`)
      expect(await client.ended()).toBe('eof')
    },
  },
  {
    name: 'timeout: drops data and closes both ends once idle',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'timeout', stream: 'upstream', attributes: { timeout: 200 } })
      const { client, server } = await connect()
      const took = await timed(async () => {
        client.write('dropped')
        await server.ended()
        await client.ended()
      })
      expectTook(took, 200)
      expect(server.received().length).toBe(0)
    },
  },
  {
    name: 'timeout: data puts the end off',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'timeout', stream: 'upstream', attributes: { timeout: 250 } })
      const { client, server } = await connect()
      const took = await timed(async () => {
        for (let i = 0; i < 5; i++) {
          client.write('dropped')
          await delay(100)
        }
        await server.ended()
      })
      expect(took).toBeGreaterThan(600)
    },
  },
  {
    name: 'timeout: 0 drops data and stays open, the other direction flows',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } })
      const { client, server } = await connect()
      client.write('dropped')
      server.write('passes')
      await client.receive(6)
      await delay(200)
      expect([server.received().length, server.socket.readableEnded]).toEqual([0, false])
    },
  },
  {
    name: 'timeout: removed, both ends read the end',
    async run({ ask, proxy }) {
      const { path, toxic, connect } = await proxy()
      const { client, server } = await connect()
      await toxic({ name: 'to_delete', type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } })
      client.write('dropped')
      await ask(204, 'DELETE', `${path}/toxics/to_delete`)
      expect(await client.ended()).toBe('eof')
      expect(await server.ended()).toBe('eof')
      expect(server.received().length).toBe(0)
    },
  },
  {
    name: 'timeout: the end of the stream passes',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } })
      const { client, server } = await connect()
      client.socket.end('dropped')
      expect(await server.ended()).toBe('eof')
      expect(server.received().length).toBe(0)
    },
  },
]

const slicer: readonly Case[] = [
  {
    name: 'slicer: 480 KB at 1024 ± 512 bytes come in 240 to 720 pieces',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      const attributes = { average_size: 1024, size_variation: 512, delay: 2000 }
      await toxic({ type: 'slicer', stream: 'upstream', attributes })
      const { client, server } = await connect()
      const sent = randomBytes(480_000)
      client.write(sent)
      expect((await server.receive(sent.length)).equals(sent)).toBe(true)
      expect(server.pieces.length).toBeGreaterThanOrEqual(240)
      expect(server.pieces.length).toBeLessThanOrEqual(720)
    },
  },
  {
    name: 'slicer: without variation 24 bytes at 1 come in 24 pieces',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'slicer', stream: 'upstream', attributes: { average_size: 1, delay: 20_000 } })
      const { client, server } = await connect()
      client.write('hello world hello world ')
      expect(`${await server.receive(24)}`).toBe('hello world hello world ')
      // A receiver that stands still reads several as one: how long it took says that there were 24.
      expect(server.pieces.length).toBeLessThanOrEqual(24)
      expect(server.pieces.length).toBeGreaterThan(12)
      expectTook(server.pieces.at(-1)!.atMs - server.pieces[0]!.atMs, 23 * 20, 60)
    },
  },
  {
    name: 'slicer: removed in the middle of a chunk, the rest goes on whole',
    async run({ ask, proxy }) {
      const { path, toxic, connect } = await proxy()
      await toxic({ name: 's', type: 'slicer', attributes: { average_size: 10, delay: 200_000 } })
      const { client, server } = await connect()
      const sent = randomBytes(10_000)
      server.write(sent)
      await client.receive(1)
      await ask(204, 'DELETE', `${path}/toxics/s`)
      expect((await client.receive(sent.length)).equals(sent)).toBe(true)
    },
  },
  {
    name: 'slicer: no sizes at all do not bring the server down',
    deviation: 'no crash on a slicer without sizes',
    ownServer: true,
    run: (world) => survives(world, { type: 'slicer', stream: 'upstream' }),
  },
  {
    name: 'slicer: a variation above the average does not bring the server down',
    deviation: 'no crash on a slicer without sizes',
    ownServer: true,
    async run({ proxy, subject, server: { process } }) {
      const { toxic, connect } = await proxy()
      await toxic({
        type: 'slicer',
        stream: 'upstream',
        attributes: { average_size: 1, size_variation: 100 },
      })
      const { client, server } = await connect()
      client.socket.on('error', () => {})
      const sent = randomBytes(100_000)
      client.write(sent)
      if (subject.asUpstream) await expect.poll(() => process.exitCode).not.toBeNull()
      else expect((await server.receive(sent.length)).equals(sent)).toBe(true)
    },
  },
]

export const toxics: Area = {
  area: 'toxics',
  cases: [...latency, ...bandwidth, ...closing, ...reset, ...slicer, ...limit],
}
