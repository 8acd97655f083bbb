import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Case } from '../case.ts'
import { expectTook, timed } from './timing.ts'

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

export const reset: readonly Case[] = [
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

export const limit: readonly Case[] = [
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
