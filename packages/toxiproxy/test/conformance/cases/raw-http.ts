import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Area } from '../case.ts'
import type { Peer } from '../peer.ts'

const TOO_SLOW_MS = 15_000

function request(method: string, path: string, body = '', headers = ''): string {
  const length = body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}${length}\r\n${body}`
}

/** The status lines that have come, in order. */
function statuses(peer: Peer): string[] {
  return [...`${peer.received()}`.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status!)
}

export const rawHttp: Area = {
  area: 'raw http',
  cases: [
    {
      name: 'requests sent in one write are answered in order, each after the one before it',
      async run({ server, dial }) {
        const client = await dial(new URL(server.url).host)
        const proxy = '{"name":"piped","listen":"127.0.0.1:0","upstream":"127.0.0.1:1"}'
        client.write(
          request('POST', '/proxies', proxy) +
            request('GET', '/proxies/piped') +
            request('POST', '/proxies/piped/toxics', '{"type":"latency"}') +
            request('DELETE', '/proxies/piped') +
            request('GET', '/proxies/piped'),
        )
        await expect.poll(() => statuses(client)).toEqual(['201', '200', '200', '204', '404'])
        client.socket.destroy()
      },
    },
    {
      name: 'a connection goes on after a refusal: 403, 404, 405',
      async run({ server, dial }) {
        for (const [refused, status] of [
          [request('GET', '/proxies', '', 'User-Agent: Mozilla/5.0\r\n'), '403'],
          [request('GET', '/nowhere'), '404'],
          [request('POST', '/nowhere', '{"a":1}'), '404'],
          [request('PUT', '/proxies'), '405'],
          [request('PUT', '/proxies', '{"a":1}'), '405'],
        ] as const) {
          const client = await dial(new URL(server.url).host)
          client.write(refused)
          await expect.poll(() => statuses(client)).toEqual([status])
          client.write(request('GET', '/version'))
          await expect.poll(() => statuses(client)).toEqual([status, '200'])
          client.socket.destroy()
        }
      },
    },
    {
      name: 'a client that is too slow is cut off: silent, with its head, with its body',
      async run({ server, dial }) {
        const address = new URL(server.url).host
        const took = await Promise.all(
          [
            '',
            'GET /version HTTP/1.1\r\nX-Slow: ',
            request('POST', '/reset', 'x'.repeat(1000)).slice(0, -990),
          ].map(async (begin) => {
            const client = await dial(address)
            client.socket.on('error', () => {})
            const sinceMs = performance.now()
            client.write(begin)
            const trickle = setInterval(() => begin !== '' && client.write('x'), 1000)
            const ended = await Promise.race([
              new Promise((resolve) => client.socket.once('close', resolve).once('end', resolve)),
              delay(TOO_SLOW_MS + 8000, 'still open', { ref: false }),
            ])
            clearInterval(trickle)
            client.socket.destroy()
            return ended === 'still open' ? ended : Math.round((performance.now() - sinceMs) / 1000)
          }),
        )
        for (const seconds of took) {
          expect(seconds).toBeGreaterThanOrEqual(TOO_SLOW_MS / 1000 - 1)
          expect(seconds).toBeLessThanOrEqual(TOO_SLOW_MS / 1000 + 5)
        }
      },
    },
  ],
}
