import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area } from '../case.ts'
import { startCrowdedUpstream } from '../crowded-upstream.ts'
import { freePort } from '../subjects.ts'

export const connections: Area = {
  area: 'connections',
  cases: [
    {
      name: 'a message arrives, and the end behind it',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        client.socket.end('hello world')
        expect(await server.ended()).toBe('eof')
        expect(`${server.received()}`).toBe('hello world')
      },
    },
    {
      name: 'a message of 64 KiB arrives whole',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        const message = randomBytes(64 * 1024)
        client.socket.end(message)
        await server.ended()
        expect(server.received().equals(message)).toBe(true)
      },
    },
    {
      name: 'a message in two parts arrives as one stream',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        client.write('hello ')
        await delay(20)
        client.socket.end('world')
        await server.ended()
        expect(`${server.received()}`).toBe('hello world')
      },
    },
    {
      name: 'both directions at once, 8 MB each, arrive whole',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        const [up, down] = [randomBytes(8_000_000), randomBytes(8_000_000)]
        client.write(up)
        server.write(down)
        expect((await server.receive(up.length)).equals(up)).toBe(true)
        expect((await client.receive(down.length)).equals(down)).toBe(true)
      },
    },
    {
      name: 'an upstream that is down: the client is accepted, then closed',
      async run({ ask, dial }) {
        const upstream = `127.0.0.1:${await freePort()}`
        const { json } = await ask(201, 'POST', '/proxies', { name: 'a', listen: '127.0.0.1:0', upstream })
        const client = await dial(json.listen)
        const sinceMs = performance.now()
        expect(await client.ended()).toBe('eof')
        expect(performance.now() - sinceMs).toBeLessThan(5_000)
      },
    },
    {
      name: 'an upstream that makes no sense: the client is accepted, then closed',
      async run({ ask, dial }) {
        for (const upstream of ['nonsense', '127.0.0.1:99999', '[::1']) {
          await ask(201, 'POST', '/populate', [{ name: 'a', listen: '127.0.0.1:0', upstream }])
          const client = await dial((await ask(200, 'GET', '/proxies/a')).json.listen)
          await client.ended()
          await ask(204, 'DELETE', '/proxies/a')
        }
      },
    },
    {
      name: 'when the server closes, the client reads what came before, then the end',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        const answer = randomBytes(300_000)
        server.socket.end(answer)
        expect(await client.ended()).toBe('eof')
        expect(client.received().equals(answer)).toBe(true)
      },
    },
    {
      name: 'when a client is gone, the server is told',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        client.socket.resetAndDestroy()
        await server.ended()
      },
    },
    {
      name: 'cut with data on the way, the writer is told by a reset',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        await toxic({ type: 'limit_data', stream: 'upstream', attributes: { bytes: 100_000 } })
        const { client, server } = await connect()
        client.write(randomBytes(3_000_000))
        expect(await client.ended()).toBe('reset')
        await server.ended()
        expect(server.received().length).toBe(100_000)
      },
    },
    {
      name: 'when the server dies while a toxic holds data, the writer is told by a reset',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        await toxic({ type: 'bandwidth', stream: 'upstream', attributes: { rate: 10 } })
        const { client, server } = await connect()
        client.write(randomBytes(3_000_000))
        await server.receive(1)
        server.socket.resetAndDestroy()
        expect(await client.ended()).toBe('reset')
      },
    },
    {
      name: 'cut with an answer on the way, the reader gets all of it first',
      async run({ proxy }) {
        const { toxic, connect } = await proxy()
        await toxic({ type: 'limit_data', attributes: { bytes: 2_000_000 } })
        const { client, server } = await connect()
        server.socket.on('error', () => {})
        client.socket.pause()
        server.write(randomBytes(3_000_000))
        await delay(100)
        client.socket.resume()
        await client.receive(2_000_000)
        expect(await client.ended()).toBe('eof')
        expect(client.received().length).toBe(2_000_000)
      },
    },
    {
      name: 'a client that closes its own side still gets its answer',
      deviation: 'half-close',
      async run({ proxy, subject }) {
        const { client, server } = await (await proxy()).connect()
        client.socket.end('question')
        expect(await server.ended()).toBe('eof')
        await delay(100)
        server.socket.on('error', () => {})
        server.socket.end('answer')
        await client.ended()
        expect(`${client.received()}`).toBe(subject.asUpstream ? '' : 'answer')
      },
    },
    {
      name: 'a reader that stops holds the writer back',
      async run({ proxy }) {
        const { client, server } = await (await proxy()).connect()
        server.socket.pause()
        const block = Buffer.alloc(1_000_000)
        let written = 0
        const write = () => {
          while (written < 200_000_000 && client.socket.write(block)) written += block.length
        }
        client.socket.on('drain', write)
        write()
        await delay(700)
        expect(written).toBeLessThan(100_000_000)
        server.socket.resume()
        await server.receive(written)
      },
    },
    {
      name: 'connections do not mix',
      async run({ proxy }) {
        const { connect } = await proxy()
        const pairs = []
        for (let i = 0; i < 20; i++) pairs.push(await connect())
        pairs.forEach(({ client }, i) => {
          client.write(`question ${i}`)
        })
        for (const [i, { server }] of pairs.entries()) {
          expect(`${await server.receive(`question ${i}`.length)}`).toBe(`question ${i}`)
          server.write(`answer ${i}`)
        }
        for (const [i, { client }] of pairs.entries()) {
          expect(`${await client.receive(`answer ${i}`.length)}`).toBe(`answer ${i}`)
        }
      },
    },
    {
      name: 'a client whose upstream is slow to accept does not hold up the next',
      deviation: 'parallel dialling',
      async run({ ask, dial, subject }) {
        await using crowd = await startCrowdedUpstream()
        const body = { name: 'a', listen: '127.0.0.1:0', upstream: crowd.address }
        const { listen } = (await ask(201, 'POST', '/proxies', body)).json
        const first = await dial(listen)
        first.write('first')
        await delay(100)
        await crowd.disperse()
        // The first is dialled again only after a second, when its lost SYN is repeated.
        const second = await dial(listen)
        second.write('second')
        const at = () => performance.now()
        const [firstAtMs, secondAtMs] = await Promise.all([
          first.receive(5).then(at),
          second.receive(6).then(at),
        ])
        // Dialled for in turn, the two are served as good as together.
        expect(firstAtMs - secondAtMs > 150).toBe(!subject.asUpstream)
      },
    },
    {
      name: 'metrics count the bytes of each direction',
      async run({ ask, proxy }) {
        const { name, listen, connect, upstream } = await proxy()
        const { client, server } = await connect()
        client.write('12345')
        await server.receive(5)
        server.write('1234567')
        await client.receive(7)
        client.socket.destroy()
        await server.ended()
        const sample = (side: string, direction: string, bytes: number) =>
          `toxiproxy_proxy_${side}_bytes_total{direction="${direction}",listener="${listen}",proxy="${name}",upstream="${upstream.address}"} ${bytes}\n`
        await expect
          .poll(async () => (await ask(200, 'GET', '/metrics')).text)
          .toContain(sample('received', 'downstream', 7))
        const { text, headers } = await ask(200, 'GET', '/metrics')
        expect(text).toContain('# TYPE toxiproxy_proxy_received_bytes_total counter\n')
        expect(text).toContain('# TYPE toxiproxy_proxy_sent_bytes_total counter\n')
        expect(text).toContain(sample('received', 'upstream', 5))
        expect(text).toContain(sample('sent', 'upstream', 5))
        expect(text).toContain(sample('sent', 'downstream', 7))
        expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8/)
      },
    },
    {
      name: 'metrics count a connection while it is open',
      deviation: 'live metrics',
      async run({ ask, proxy, subject }) {
        const { name, connect } = await proxy()
        const { client, server } = await connect()
        client.write('12345')
        await server.receive(5)
        const { text } = await ask(200, 'GET', '/metrics')
        expect(text.includes(`proxy="${name}"`)).toBe(!subject.asUpstream)
      },
    },
  ],
}
