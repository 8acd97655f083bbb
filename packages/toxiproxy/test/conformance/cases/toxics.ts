import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area, Case } from '../case.ts'
import type { World } from '../world.ts'

/** Timers may be early by their own grain, and late by whatever else the machine does. */
const EARLY_MS = 3
const LATE_MS = 400

function expectTook(tookMs: number, wantedMs: number, toleranceMs = 0) {
  expect(tookMs).toBeGreaterThanOrEqual(wantedMs - toleranceMs - EARLY_MS)
  expect(tookMs).toBeLessThan(wantedMs + toleranceMs + LATE_MS)
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const sinceMs = performance.now()
  await action()
  return performance.now() - sinceMs
}

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

function limitCase(
  name: string,
  limit: number,
  sends: readonly number[],
  passes: number,
  closes: boolean,
): Case {
  return {
    name: `limit_data: ${name}`,
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'limit_data', stream: 'upstream', attributes: { bytes: limit } })
      const { client, server } = await connect()
      const sent = randomBytes(sends.reduce((sum, bytes) => sum + bytes, 0))
      client.socket.on('error', () => {})
      let at = 0
      for (const bytes of sends) {
        client.write(sent.subarray(at, at + bytes))
        at += bytes
        await delay(20)
      }
      await server.receive(passes)
      if (closes) {
        await server.ended()
        await client.ended()
      } else {
        await delay(50)
        expect(server.socket.readableEnded).toBe(false)
      }
      expect(server.received().equals(sent.subarray(0, passes))).toBe(true)
    },
  }
}

function resetCase(stream: 'upstream' | 'downstream', timeout: number): Case {
  return {
    name: `reset_peer: ${stream}, after ${timeout} ms, both ends read a reset`,
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'reset_peer', stream, attributes: { timeout } })
      const { client, server } = await connect()
      const [from, to] = stream === 'upstream' ? [client, server] : [server, client]
      const took = await timed(async () => {
        from.write('reset toxic payload\n')
        expect(await client.ended()).toBe('reset')
        expect(await server.ended()).toBe('reset')
      })
      expectTook(took, timeout)
      expect(to.received().length).toBe(0)
    },
  }
}

const latency: readonly Case[] = [
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

const bandwidth: readonly Case[] = [
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
      client.write(randomBytes(10_000))
      await server.receive(10_000)
      expect(server.pieces.map(({ bytes }) => bytes)).toEqual([2000, 2000, 2000, 2000, 2000])
      expectTook(server.pieces[4]!.atMs - server.pieces[0]!.atMs, 400, 10)
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
]

/** Whether the server lives once a toxic has met data. Upstream does not. */
async function survives({ proxy, server, subject, ask }: World, body: object) {
  const { toxic, connect } = await proxy()
  await toxic(body)
  const { client } = await connect()
  client.socket.on('error', () => {})
  client.write('hello world, this is more than one byte')
  if (subject.asUpstream) {
    await expect.poll(() => server.process.exitCode, { timeout: 10_000 }).not.toBeNull()
  } else {
    await delay(300)
    expect(server.process.exitCode).toBeNull()
    await ask(200, 'GET', '/version')
  }
}

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

const reset: readonly Case[] = [
  resetCase('upstream', 0),
  resetCase('upstream', 100),
  resetCase('downstream', 0),
  resetCase('downstream', 100),
  {
    name: 'reset_peer: the end of a stream sets it off too',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'reset_peer', stream: 'upstream', attributes: { timeout: 50 } })
      const { client, server } = await connect()
      client.socket.end()
      expect(await server.ended()).toBe('reset')
    },
  },
  {
    name: 'reset_peer: an idle connection is let be',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'reset_peer', stream: 'upstream' })
      const { client, server } = await connect()
      await delay(200)
      server.write('alive')
      await client.receive(5)
    },
  },
  {
    name: 'reset_peer: added to a live connection, it resets it',
    deviation: 'reset on live connections',
    async run({ proxy, subject }) {
      const { toxic, connect } = await proxy()
      const { client, server } = await connect()
      client.write('before')
      await server.receive(6)
      await toxic({ type: 'reset_peer', stream: 'upstream' })
      client.write('after')
      const expected = subject.asUpstream ? 'eof' : 'reset'
      expect([await client.ended(), await server.ended()]).toEqual([expected, expected])
    },
  },
  {
    name: 'reset_peer: with toxicity 0 it spares a connection',
    deviation: 'reset_peer honours toxicity',
    async run({ proxy, subject }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'reset_peer', stream: 'upstream', toxicity: 0 })
      const { client, server } = await connect()
      client.write('passes')
      await server.receive(6)
      server.socket.end('bye')
      expect(await client.ended()).toBe(subject.asUpstream ? 'reset' : 'eof')
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
      expect(server.pieces.length).toBe(24)
      expectTook(server.pieces[23]!.atMs - server.pieces[0]!.atMs, 23 * 20, 20)
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
      if (subject.asUpstream) await expect.poll(() => process.exitCode, { timeout: 10_000 }).not.toBeNull()
      else expect((await server.receive(sent.length)).equals(sent)).toBe(true)
    },
  },
]

const limit: readonly Case[] = [
  limitCase('a chunk below the limit passes', 100, [50], 50, false),
  limitCase('a chunk of the limit passes, then it closes', 100, [100], 100, true),
  limitCase('a chunk above the limit is cut', 100, [150], 100, true),
  limitCase('chunks that make up the limit pass, then it closes', 100, [25, 25, 25, 25], 100, true),
  limitCase('the chunk that would overflow is cut', 100, [90, 20], 100, true),
  limitCase('0 closes at the first chunk', 0, [100], 0, true),
  limitCase('a negative limit closes at the first chunk', -5, [100], 0, true),
  {
    name: 'limit_data: 0 lets an idle connection be',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'limit_data', stream: 'upstream', attributes: { bytes: 0 } })
      const { client, server } = await connect()
      server.write('alive')
      await client.receive(5)
      await delay(100)
      expect(server.socket.readableEnded).toBe(false)
    },
  },
  {
    name: 'limit_data: what has passed is remembered when it is updated or has a neighbour',
    async run({ ask, proxy }) {
      const { path, toxic, connect } = await proxy()
      await toxic({ name: 'limit', type: 'limit_data', stream: 'upstream', attributes: { bytes: 100 } })
      const { client, server } = await connect()
      client.socket.on('error', () => {})
      client.write(Buffer.alloc(90))
      await server.receive(90)
      await toxic({ name: 'next', type: 'noop', stream: 'upstream' })
      await ask(200, 'PATCH', `${path}/toxics/limit`, { attributes: { bytes: 110 } })
      client.write(Buffer.alloc(50))
      await server.ended()
      expect(server.received().length).toBe(110)
    },
  },
  {
    name: 'limit_data: the end of the stream passes below the limit',
    async run({ proxy }) {
      const { toxic, connect } = await proxy()
      await toxic({ type: 'limit_data', stream: 'upstream', attributes: { bytes: 100 } })
      const { client, server } = await connect()
      client.socket.end('short')
      expect(await server.ended()).toBe('eof')
      expect(`${server.received()}`).toBe('short')
    },
  },
]

export const toxics: Area = {
  area: 'toxics',
  cases: [...latency, ...bandwidth, ...closing, ...reset, ...slicer, ...limit],
}
