import { expect } from 'vitest'
import type { Area } from '../case.ts'

const UPSTREAM = '127.0.0.1:1'

export const apiErrors: Area = {
  area: 'errors',
  cases: [
    {
      name: 'an empty body is EOF',
      async run({ refuse, proxy }) {
        const { path } = await proxy()
        for (const to of ['/proxies', path, `${path}/toxics`]) {
          await refuse(400, 'bad request body: EOF', 'POST', to, '')
          await refuse(400, 'bad request body: EOF', 'POST', to, ' \n')
        }
      },
    },
    {
      name: 'a body that breaks off is an unexpected EOF',
      async run({ refuse }) {
        for (const body of ['{', '{"name":"a', '{"a":{"b":[}']) {
          await refuse(400, /^bad request body: ./, 'POST', '/proxies', body)
        }
        await refuse(400, 'bad request body: unexpected EOF', 'POST', '/proxies', '{"name":"a"')
      },
    },
    {
      name: 'a body that is not JSON is refused',
      async run({ refuse }) {
        for (const body of ['name=a', "{'name':'a'}", '{"name":"a",}', 'NaN', '[1,]', '{"a":01}']) {
          await refuse(400, /^bad request body: ./, 'POST', '/proxies', body)
        }
      },
    },
    {
      name: 'a field of the wrong type is refused',
      async run({ refuse, proxy }) {
        const { path } = await proxy()
        const bodies = [
          { name: 1 },
          { name: 'a', upstream: [] },
          { name: 'a', enabled: 'yes' },
          ['a'],
          'true',
          '7',
        ]
        for (const body of bodies) await refuse(400, /^bad request body: json: /, 'POST', '/proxies', body)
        for (const body of [
          { type: 'latency', toxicity: 'half' },
          { type: 'latency', attributes: 'none' },
          { type: 'latency', attributes: { latency: '100' } },
          { type: 'latency', attributes: { latency: 1.5 } },
          '{"type":"latency","attributes":{"latency":1e2}}',
          '{"type":"latency","attributes":{"latency":9223372036854775808}}',
          { type: 'latency', attributes: [] },
          { type: 'latency', toxicity: 1e39 },
        ]) {
          await refuse(400, /^bad request body: json: /, 'POST', `${path}/toxics`, body)
        }
      },
    },
    {
      name: 'null leaves a field as it is',
      async run({ refuse, ask, proxy }) {
        const { path } = await proxy()
        await refuse(400, 'missing required field: name', 'POST', '/proxies', 'null')
        await refuse(400, 'missing required field: name', 'POST', '/proxies', {
          name: null,
          upstream: UPSTREAM,
        })
        await ask(200, 'POST', path, 'null')
        await ask(200, 'POST', `${path}/toxics`, {
          type: 'latency',
          stream: null,
          toxicity: null,
          attributes: null,
        })
      },
    },
    {
      name: 'a name is required first, then an upstream',
      async run({ refuse }) {
        await refuse(400, 'missing required field: name', 'POST', '/proxies', {})
        await refuse(400, 'missing required field: name', 'POST', '/proxies', {
          name: '',
          upstream: UPSTREAM,
        })
        await refuse(400, 'missing required field: upstream', 'POST', '/proxies', { name: 'a' })
        await refuse(400, 'missing required field: upstream', 'POST', '/proxies', { name: 'a', upstream: '' })
      },
    },
    {
      name: 'a proxy that is not there is 404, before its body is looked at',
      async run({ refuse }) {
        for (const [method, path] of [
          ['GET', '/proxies/none'],
          ['POST', '/proxies/none'],
          ['PATCH', '/proxies/none'],
          ['DELETE', '/proxies/none'],
          ['GET', '/proxies/none/toxics'],
          ['POST', '/proxies/none/toxics'],
          ['GET', '/proxies/none/toxics/t'],
          ['PATCH', '/proxies/none/toxics/t'],
          ['DELETE', '/proxies/none/toxics/t'],
        ] as const) {
          await refuse(404, 'proxy not found', method, path, method === 'GET' ? undefined : '{')
        }
      },
    },
    {
      name: 'a toxic that is not there is 404, before its body is looked at',
      async run({ refuse, proxy }) {
        const { path } = await proxy()
        for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) {
          await refuse(
            404,
            'toxic not found',
            method,
            `${path}/toxics/none`,
            method === 'GET' ? undefined : '{',
          )
        }
      },
    },
    {
      name: 'a name that is taken is 409, before anything is bound',
      async run({ refuse, proxy }) {
        const { name, listen } = await proxy()
        const body = { name, listen, upstream: UPSTREAM }
        await refuse(409, 'proxy already exists', 'POST', '/proxies', body)
      },
    },
    {
      name: 'a port that is taken is 500 in the words of the system',
      async run({ refuse, ask, proxy }) {
        const { path, listen } = await proxy()
        const body = { name: 'second', listen, upstream: UPSTREAM }
        const taken = `listen tcp ${listen}: bind: address already in use`
        await refuse(500, taken, 'POST', '/proxies', body)
        await refuse(404, 'proxy not found', 'GET', '/proxies/second')
        await ask(204, 'DELETE', path)
        await ask(201, 'POST', '/proxies', body)
      },
    },
    {
      name: 'a name is told by the address it stands for',
      async run({ refuse, proxy }) {
        const { listen } = await proxy()
        const byName = {
          name: 'second',
          listen: listen.replace('127.0.0.1', 'localhost'),
          upstream: UPSTREAM,
        }
        const taken = `listen tcp ${listen}: bind: address already in use`
        await refuse(500, taken, 'POST', '/proxies', byName)
      },
    },
    {
      name: 'a malformed body is refused at once, however long and odd it is',
      async run({ api, ask }) {
        const bodies = [
          `{"${'\\"'.repeat(60_000)}`,
          `{"a":"${'\\'.repeat(400_000)}`,
          '['.repeat(400_000),
          `"${'\\"'.repeat(200_000)}`,
          '{"a":'.repeat(100_000),
          '1'.repeat(400_000),
        ]
        for (const body of bodies) {
          const sinceMs = performance.now()
          const { status } = await api('POST', '/proxies', body)
          expect(status, body.slice(0, 20)).toBe(400)
          expect(performance.now() - sinceMs, body.slice(0, 20)).toBeLessThan(3000)
        }
        await ask(200, 'GET', '/version')
      },
    },
    {
      name: 'an address that does not parse is 500 in the words of the system',
      async run({ refuse }) {
        for (const [listen, error] of [
          ['nowhere', 'listen tcp: address nowhere: missing port in address'],
          ['127.0.0.1:99999', 'listen tcp: address 99999: invalid port'],
          ['::1:80', 'listen tcp: address ::1:80: too many colons in address'],
        ] as const) {
          await refuse(500, error, 'POST', '/proxies', { name: 'a', listen, upstream: UPSTREAM })
        }
      },
    },
    {
      name: 'a huge body is refused, and nothing else is disturbed',
      deviation: 'body limit',
      async run({ api, ask, subject }) {
        const body = { name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM, padding: 'x'.repeat(2_000_000) }
        expect((await api('POST', '/proxies', body)).status).toBe(subject.asUpstream ? 201 : 413)
        await ask(200, 'GET', '/version')
      },
    },
  ],
}
