import { expect } from 'vitest'
import type { Area } from '../case.ts'

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' }

export const httpSurface: Area = {
  area: 'http',
  cases: [
    {
      name: 'every answered route carries a request id, another one each time',
      async run({ api }) {
        const ids = [
          await api('GET', '/version'),
          await api('GET', '/proxies'),
          await api('GET', '/proxies/none'),
        ].map(({ headers }) => headers.get('x-toxiproxy-request-id'))
        expect(new Set(ids).size).toBe(3)
        expect(ids).not.toContain(null)
      },
    },
    {
      name: 'a browser is refused',
      async run({ api }) {
        const reply = await api('GET', '/proxies', undefined, BROWSER)
        expect([reply.status, reply.text]).toEqual([403, 'User agent not allowed\n'])
        expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      },
    },
    {
      name: 'anything but a browser is answered',
      async run({ api }) {
        expect((await api('GET', '/proxies', undefined, { 'user-agent': 'curl/8.0' })).status).toBe(200)
        expect((await api('GET', '/proxies', undefined, { 'user-agent': 'a Mozilla/5.0' })).status).toBe(200)
      },
    },
    {
      name: 'an unknown path is 404, to a browser too, and has no request id',
      async run({ api }) {
        for (const headers of [{}, BROWSER]) {
          const reply = await api('GET', '/nowhere', undefined, headers)
          expect([reply.status, reply.text]).toEqual([404, '404 page not found\n'])
          expect(reply.headers.get('x-toxiproxy-request-id')).toBeNull()
        }
      },
    },
    {
      name: 'a wrong method is 405 with no body',
      async run({ api }) {
        for (const [method, path] of [
          ['PUT', '/proxies'],
          ['DELETE', '/proxies'],
          ['GET', '/populate'],
          ['GET', '/reset'],
          ['POST', '/version'],
          ['PUT', '/proxies/none'],
          ['DELETE', '/proxies/none/toxics'],
        ] as const) {
          const reply = await api(method, path)
          expect([method, path, reply.status, reply.text]).toEqual([method, path, 405, ''])
        }
      },
    },
    {
      name: 'HEAD is 405',
      async run({ api }) {
        expect((await api('HEAD', '/proxies')).status).toBe(405)
      },
    },
    {
      name: 'a doubled slash redirects',
      async run({ api }) {
        const reply = await api('GET', '//proxies')
        expect([reply.status, reply.headers.get('location'), reply.text]).toEqual([301, '/proxies', ''])
      },
    },
    {
      name: 'a trailing slash is another path',
      async run({ api }) {
        expect((await api('GET', '/proxies/')).status).toBe(404)
      },
    },
    {
      name: 'names are decoded, and a coded slash still parts them',
      async run({ api, ask }) {
        const body = { name: 'a b', listen: '127.0.0.1:0', upstream: '127.0.0.1:1', enabled: false }
        await ask(201, 'POST', '/proxies', body)
        await ask(200, 'GET', '/proxies/a%20b')
        expect((await api('GET', '/proxies/a%2Fb')).text).toBe('404 page not found\n')
      },
    },
    {
      name: 'a query is ignored',
      async run({ ask }) {
        await ask(200, 'GET', '/proxies?x=1')
      },
    },
    {
      name: 'there is no CORS',
      async run({ api }) {
        const reply = await api('GET', '/proxies', undefined, { origin: 'http://example.org' })
        expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
        expect((await api('OPTIONS', '/proxies')).status).toBe(405)
      },
    },
    {
      name: 'the version is answered in its odd form',
      async run({ api }) {
        const reply = await api('GET', '/version')
        expect(reply.text).toBe('{"version": "2.12.0"}\n')
        expect(reply.headers.get('content-type')).toBe('application/json;charset=utf-8')
      },
    },
    {
      name: 'without proxies the list is an empty object',
      async run({ api }) {
        const reply = await api('GET', '/proxies')
        expect([reply.status, reply.text]).toEqual([200, '{}'])
        expect(reply.headers.get('content-type')).toBe('application/json')
      },
    },
    {
      name: 'answers escape what HTML gives a meaning to',
      async run({ ask }) {
        const body = { name: '<&>', listen: '127.0.0.1:0', upstream: '127.0.0.1:1', enabled: false }
        expect((await ask(201, 'POST', '/proxies', body)).text).toContain('"name":"\\u003c\\u0026\\u003e"')
      },
    },
  ],
}
