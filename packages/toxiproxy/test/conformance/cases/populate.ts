import { expect } from 'vitest'
import type { Area } from '../case.ts'
import { freePort } from '../subjects.ts'

const UPSTREAM = '127.0.0.1:1'
const entry = (name: string, more: object = {}) => ({
  name,
  listen: '127.0.0.1:0',
  upstream: UPSTREAM,
  ...more,
})

export const populate: Area = {
  area: 'populate',
  cases: [
    {
      name: 'creates proxies in order, enabled unless told otherwise',
      async run({ ask, isUp }) {
        const body = [entry('z'), entry('a', { enabled: true }), entry('m', { enabled: false })]
        const reply = await ask(201, 'POST', '/populate', body)
        expect(reply.headers.get('content-type')).toBe('application/json')
        expect(reply.text).toMatch(/^\{"proxies":\[\{"name":"z",.*\}\]\}$/)
        const listed = reply.json.proxies.map(({ name, enabled }: { name: string; enabled: boolean }) => [
          name,
          enabled,
        ])
        expect(listed).toEqual([
          ['z', true],
          ['a', true],
          ['m', false],
        ])
        expect(await isUp(reply.json.proxies[0].listen)).toBe(true)
        expect(Object.keys((await ask(200, 'GET', '/proxies')).json)).toEqual(['a', 'm', 'z'])
      },
    },
    {
      name: 'leaves a proxy that is the same untouched, and ignores its enabled',
      async run({ ask, proxy }) {
        const { name, listen, upstream, toxic, connect } = await proxy()
        await toxic({ type: 'noop' })
        const { client, server } = await connect()
        const same = { name, listen, upstream: upstream.address, enabled: false }
        const { json } = await ask(201, 'POST', '/populate', [same])
        expect([json.proxies[0].enabled, json.proxies[0].toxics.length]).toEqual([true, 1])
        client.write('still there')
        await server.receive(11)
      },
    },
    {
      name: 'leaves a proxy on every interface untouched',
      deviation: 'every interface is one address',
      async run({ ask, subject, dial, upstream: start }) {
        const upstream = await start()
        const same = { name: 'a', listen: `0.0.0.0:${await freePort()}`, upstream: upstream.address }
        const [first] = (await ask(201, 'POST', '/populate', [same])).json.proxies
        const client = await dial(`127.0.0.1:${first.listen.split(':').at(-1)}`)
        const server = await upstream.next()
        for (const how of [
          () => ask(201, 'POST', '/populate', [same]),
          () => ask(200, 'PATCH', '/proxies/a', { listen: same.listen }),
        ]) {
          await how()
          if (!subject.asUpstream) {
            client.write('*')
            continue
          }
          expect(await client.ended()).toBe('eof')
          return
        }
        await server.receive(2)
      },
    },
    {
      name: 'replaces a proxy that differs, and its toxics are lost',
      async run({ ask, proxy, isUp }) {
        const { name, listen, toxic, connect } = await proxy()
        await toxic({ type: 'noop' })
        const { client } = await connect()
        const { json } = await ask(201, 'POST', '/populate', [{ name, listen, upstream: 'localhost:2' }])
        expect([json.proxies[0].upstream, json.proxies[0].toxics]).toEqual(['localhost:2', []])
        await client.ended()
        expect(await isUp(listen)).toBe(true)
      },
    },
    {
      name: 'says which entry lacks a name or an upstream, and creates nothing',
      async run({ ask }) {
        for (const [body, error] of [
          [[entry('a'), {}], 'missing required field: name at proxy 2'],
          [[{ name: 'a' }, {}], 'missing required field: upstream at proxy 1'],
          [
            [entry('a'), entry('b'), { name: 'c', upstream: '' }],
            'missing required field: upstream at proxy 3',
          ],
        ] as const) {
          const reply = await ask(400, 'POST', '/populate', body)
          expect(reply.text).toBe(`{"error":"${error}","status":400,"proxies":null}`)
          expect(reply.headers.get('content-type')).toBe('application/json')
        }
        expect((await ask(200, 'GET', '/proxies')).text).toBe('{}')
      },
    },
    {
      name: 'stops at a port that is taken, and answers what it did before',
      async run({ ask, proxy }) {
        const { listen } = await proxy()
        const reply = await ask(500, 'POST', '/populate', [entry('a'), entry('b', { listen }), entry('c')])
        expect(reply.json.error).toBe(`listen tcp ${listen}: bind: address already in use`)
        expect(reply.json.status).toBe(500)
        expect(reply.json.proxies.map(({ name }: { name: string }) => name)).toEqual(['a'])
        expect(Object.keys((await ask(200, 'GET', '/proxies')).json)).toContain('a')
        await ask(404, 'GET', '/proxies/c')
      },
    },
    {
      name: 'stops at an address that does not parse',
      async run({ ask }) {
        const reply = await ask(500, 'POST', '/populate', [entry('a'), entry('b', { listen: 'nowhere' })])
        expect(reply.json.error).toBe('listen tcp: address nowhere: missing port in address')
        expect(reply.json.proxies.map(({ name }: { name: string }) => name)).toEqual(['a'])
        await ask(404, 'GET', '/proxies/b')
      },
    },
    {
      name: 'answers null for no proxies',
      async run({ ask }) {
        expect((await ask(201, 'POST', '/populate', [])).text).toBe('{"proxies":null}')
        expect((await ask(201, 'POST', '/populate', 'null')).text).toBe('{"proxies":null}')
      },
    },
    {
      name: 'refuses what is not a list of proxies',
      async run({ ask }) {
        for (const body of ['', '{', {}, 'true', '"a"', [1], [{ name: 1 }], [[]]]) {
          const { json } = await ask(400, 'POST', '/populate', body)
          expect([json.error, json.proxies]).toEqual([expect.stringMatching(/^bad request body: ./), null])
        }
        expect((await ask(400, 'POST', '/populate', '')).text).toBe(
          '{"error":"bad request body: EOF","status":400,"proxies":null}',
        )
      },
    },
  ],
}
