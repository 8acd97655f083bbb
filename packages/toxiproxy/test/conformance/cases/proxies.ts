import { expect } from 'vitest'
import type { Area } from '../case.ts'
import { freePort } from '../subjects.ts'

const UPSTREAM = '127.0.0.1:1'

export const proxies: Area = {
  area: 'proxies',
  cases: [
    {
      name: 'create answers 201 with the proxy as it now is, to the byte',
      async run({ ask, isUp }) {
        const body = { name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM }
        const reply = await ask(201, 'POST', '/proxies', body)
        const { listen } = reply.json
        expect(listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
        expect(reply.text).toBe(
          `{"name":"a","listen":"${listen}","upstream":"${UPSTREAM}","enabled":true,"Logger":{},"toxics":[]}`,
        )
        expect(reply.headers.get('content-type')).toBe('application/json')
        expect(await isUp(listen)).toBe(true)
      },
    },
    {
      name: 'keys match whatever their case, unknown ones and the content type do not matter',
      async run({ api }) {
        const body = '{"NAME":"a","Listen":"127.0.0.1:0","upStream":"127.0.0.1:1","eNabled":false,"more":{}}'
        const reply = await api('POST', '/proxies', body, { 'content-type': 'image/png' })
        expect([reply.status, reply.json.name, reply.json.enabled]).toEqual([201, 'a', false])
      },
    },
    {
      name: 'what follows the first value of a body is ignored',
      async run({ ask }) {
        await ask(201, 'POST', '/proxies', `{"name":"a","upstream":"${UPSTREAM}","enabled":false} {"name`)
      },
    },
    {
      name: 'toxics in the body of create are ignored',
      async run({ ask }) {
        const toxics = [{ type: 'latency' }]
        const body = { name: 'a', listen: '127.0.0.1:0', upstream: UPSTREAM, toxics }
        expect((await ask(201, 'POST', '/proxies', body)).json.toxics).toEqual([])
      },
    },
    {
      name: 'a name is looked up when it is bound',
      async run({ ask }) {
        const body = { name: 'a', listen: 'localhost:0', upstream: 'localhost:1' }
        const { json } = await ask(201, 'POST', '/proxies', body)
        expect([json.listen, json.upstream]).toEqual([
          expect.stringMatching(/^127\.0\.0\.1:\d+$/),
          'localhost:1',
        ])
      },
    },
    {
      name: 'created disabled, it shows its address as given and does not listen',
      async run({ ask, isUp }) {
        const listen = `localhost:${await freePort()}`
        const { json } = await ask(201, 'POST', '/proxies', {
          name: 'a',
          listen,
          upstream: UPSTREAM,
          enabled: false,
        })
        expect([json.listen, json.enabled]).toEqual([listen, false])
        expect(await isUp(listen)).toBe(false)
        const empty = await ask(201, 'POST', '/proxies', { name: 'b', upstream: UPSTREAM, enabled: false })
        expect(empty.json.listen).toBe('')
      },
    },
    {
      name: 'created disabled, it can be enabled and disabled again',
      async run({ ask, isUp }) {
        const port = await freePort()
        const listen = `localhost:${port}`
        await ask(201, 'POST', '/proxies', { name: 'a', listen, upstream: UPSTREAM, enabled: false })
        const enabled = await ask(200, 'PATCH', '/proxies/a', { enabled: true })
        expect([enabled.json.enabled, enabled.json.listen]).toEqual([true, `127.0.0.1:${port}`])
        expect(await isUp(listen)).toBe(true)
        expect((await ask(200, 'POST', '/proxies/a', { enabled: false })).json.enabled).toBe(false)
        expect(await isUp(listen)).toBe(false)
      },
    },
    {
      name: 'get answers one, list all, sorted by name',
      async run({ ask }) {
        for (const name of ['b', 'a', 'C', '10', '9']) {
          await ask(201, 'POST', '/proxies', { name, listen: '127.0.0.1:0', upstream: UPSTREAM })
        }
        const list = await ask(200, 'GET', '/proxies')
        expect([...list.text.matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name)).toEqual([
          '10',
          '9',
          'C',
          'a',
          'b',
        ])
        expect((await ask(200, 'GET', '/proxies/b')).json).toEqual(list.json.b)
      },
    },
    {
      name: 'deleted, it no longer listens and is 404',
      async run({ ask, refuse, isUp, proxy }) {
        const { path, listen } = await proxy()
        expect(await isUp(listen)).toBe(true)
        const reply = await ask(204, 'DELETE', path)
        expect(reply.text).toBe('')
        expect(reply.headers.get('x-toxiproxy-request-id')).not.toBeNull()
        expect(await isUp(listen)).toBe(false)
        await refuse(404, 'proxy not found', 'DELETE', path)
        await refuse(404, 'proxy not found', 'GET', path)
        expect((await ask(200, 'GET', '/proxies')).text).toBe('{}')
      },
    },
    {
      name: 'a name can be used again once it is deleted',
      async run({ ask, refuse, proxy }) {
        const { name, path } = await proxy()
        const body = { name, listen: '127.0.0.1:0', upstream: UPSTREAM }
        await refuse(409, 'proxy already exists', 'POST', '/proxies', body)
        await ask(204, 'DELETE', path)
        await ask(201, 'POST', '/proxies', body)
      },
    },
    {
      name: 'update takes what it is not told from the proxy, and ignores a name',
      async run({ ask, proxy }) {
        const { name, listen, path, upstream } = await proxy()
        for (const method of ['POST', 'PATCH']) {
          const { json } = await ask(200, method, path, { name: 'other' })
          expect([json.name, json.listen, json.upstream, json.enabled]).toEqual([
            name,
            listen,
            upstream.address,
            true,
          ])
        }
        await ask(404, 'GET', '/proxies/other')
      },
    },
    {
      name: 'update to port 0 moves it, drops its connections and keeps its toxics',
      async run({ ask, isUp, proxy }) {
        const { listen, path, toxic, connect } = await proxy()
        await toxic({ type: 'noop' })
        const { client, server } = await connect()
        const { json } = await ask(200, 'POST', path, { listen: 'localhost:0' })
        expect(json.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/)
        expect(json.listen).not.toBe(listen)
        expect([json.enabled, json.toxics.length]).toEqual([true, 1])
        await client.ended()
        await server.ended()
        expect([await isUp(listen), await isUp(json.listen)]).toEqual([false, true])
      },
    },
    {
      name: 'update to another upstream drops the connections and leads to it',
      async run({ ask, dial, proxy, upstream }) {
        const { listen, path, connect } = await proxy()
        const { client } = await connect()
        const other = await upstream()
        const { json } = await ask(200, 'POST', path, { upstream: other.address })
        expect([json.listen, json.upstream]).toEqual([listen, other.address])
        await client.ended()
        await dial(listen)
        await other.next()
      },
    },
    {
      name: 'update to a name of the same address keeps the connections',
      async run({ ask, proxy }) {
        const { listen, path, connect } = await proxy()
        const { client, server } = await connect()
        const { json } = await ask(200, 'POST', path, { listen: listen.replace('127.0.0.1', 'localhost') })
        expect(json.listen).toBe(listen)
        client.write('still there')
        expect(`${await server.receive(11)}`).toBe('still there')
      },
    },
    {
      name: 'update to an address that does not parse is 500 and changes nothing',
      async run({ ask, refuse, proxy }) {
        const { path } = await proxy()
        const before = await ask(200, 'GET', path)
        await refuse(500, 'address nowhere: missing port in address', 'POST', path, { listen: 'nowhere' })
        expect((await ask(200, 'GET', path)).text).toBe(before.text)
      },
    },
    {
      name: 'update to a port that is taken is 500 and leaves it disabled with the new address',
      async run({ ask, refuse, isUp, proxy }) {
        const first = await proxy()
        const { path, listen } = await proxy()
        const taken = `listen tcp ${first.listen}: bind: address already in use`
        await refuse(500, taken, 'POST', path, { listen: first.listen })
        const { json } = await ask(200, 'GET', path)
        expect([json.listen, json.enabled]).toEqual([first.listen, false])
        expect(await isUp(listen)).toBe(false)
      },
    },
    {
      name: 'a start that failed can be tried again once the port is free',
      async run({ ask, refuse, isUp, proxy }) {
        const first = await proxy()
        const body = { name: 'late', listen: first.listen, upstream: UPSTREAM, enabled: false }
        await ask(201, 'POST', '/proxies', body)
        await refuse(500, /address already in use$/, 'POST', '/proxies/late', { enabled: true })
        expect((await ask(200, 'GET', '/proxies/late')).json.enabled).toBe(false)
        await ask(200, 'POST', first.path, { enabled: false })
        await ask(200, 'POST', '/proxies/late', { enabled: true })
        expect(await isUp(first.listen)).toBe(true)
      },
    },
    {
      name: 'disabled three times over, it stays disabled; enabled twice over, enabled',
      async run({ ask, isUp, proxy }) {
        const { path, listen } = await proxy()
        for (let i = 0; i < 3; i++) await ask(200, 'POST', path, { enabled: false })
        expect(await isUp(listen)).toBe(false)
        for (let i = 0; i < 2; i++) await ask(200, 'POST', path, { enabled: true })
        expect(await isUp(listen)).toBe(true)
      },
    },
    {
      name: 'disabled, it closes its connections at both ends and keeps its toxics',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy()
        await toxic({ type: 'latency', attributes: { latency: 60_000 } })
        const { client, server } = await connect()
        server.write('never arrives')
        expect((await ask(200, 'POST', path, { enabled: false })).json.toxics).toHaveLength(1)
        await client.ended()
        await server.ended()
        expect(client.received().length).toBe(0)
      },
    },
    {
      name: 'reset enables every proxy and removes every toxic',
      async run({ ask, isUp, proxy }) {
        const one = await proxy()
        const two = await proxy()
        await one.toxic({ type: 'latency', attributes: { latency: 100, jitter: 10 } })
        await one.toxic({ type: 'timeout', stream: 'upstream' })
        await ask(200, 'POST', two.path, { enabled: false })
        expect((await ask(204, 'POST', '/reset')).text).toBe('')
        for (const { path, listen } of [one, two]) {
          const { json } = await ask(200, 'GET', path)
          expect([json.enabled, json.toxics]).toEqual([true, []])
          expect(await isUp(listen)).toBe(true)
        }
      },
    },
    {
      name: 'reset tells when a proxy cannot be enabled',
      async run({ ask, refuse, proxy }) {
        const { listen } = await proxy()
        await ask(201, 'POST', '/proxies', { name: 'late', listen, upstream: UPSTREAM, enabled: false })
        await refuse(500, `listen tcp ${listen}: bind: address already in use`, 'POST', '/reset')
      },
    },
  ],
}
