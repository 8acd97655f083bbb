import { expect } from 'vitest'
import type { Area } from '../case.ts'
import type { World } from '../world.ts'

/** Each toxic's attributes in the order in which they are shown. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  latency: ['latency', 'jitter'],
  bandwidth: ['rate'],
  slow_close: ['delay'],
  timeout: ['timeout'],
  reset_peer: ['timeout'],
  slicer: ['average_size', 'size_variation', 'delay'],
  limit_data: ['bytes'],
  noop: [],
}

export const toxicApi: Area = {
  area: 'toxics (api)',
  cases: [
    ...Object.entries(ATTRIBUTES).map(([type, names]) => ({
      name: `${type}: created, read, updated, removed, to the byte`,
      async run({ ask, refuse, proxy }: World) {
        const { path } = await proxy()
        const shown = (values: number[], name: string, stream: string) => {
          const attributes = names.map((attribute, i) => `"${attribute}":${values[i]}`).join(',')
          return `{"attributes":{${attributes}},"name":"${name}","type":"${type}","stream":"${stream}","toxicity":1}`
        }
        const zeros = names.map(() => 0)
        const given = names.map((_, i) => 1000 + i)
        const attributes = Object.fromEntries(names.map((attribute, i) => [attribute, given[i]]))

        expect((await ask(200, 'POST', `${path}/toxics`, { type })).text).toBe(
          shown(zeros, `${type}_downstream`, 'downstream'),
        )
        const named = { name: 'x', type, stream: 'upstream', attributes }
        expect((await ask(200, 'POST', `${path}/toxics`, named)).text).toBe(shown(given, 'x', 'upstream'))
        expect((await ask(200, 'GET', `${path}/toxics`)).text).toBe(
          `[${shown(given, 'x', 'upstream')},${shown(zeros, `${type}_downstream`, 'downstream')}]`,
        )
        expect((await ask(200, 'PATCH', `${path}/toxics/${type}_downstream`, { attributes })).text).toBe(
          shown(given, `${type}_downstream`, 'downstream'),
        )
        expect((await ask(200, 'GET', `${path}/toxics/x`)).text).toBe(shown(given, 'x', 'upstream'))
        expect((await ask(204, 'DELETE', `${path}/toxics/x`)).text).toBe('')
        await refuse(404, 'toxic not found', 'GET', `${path}/toxics/x`)
      },
    })),
    {
      name: 'without toxics the list is empty',
      async run({ ask, proxy }) {
        const { path } = await proxy()
        const reply = await ask(200, 'GET', `${path}/toxics`)
        expect(reply.text).toBe('[]')
        expect(reply.headers.get('content-type')).toBe('application/json')
      },
    },
    {
      name: 'two of one type, under two names, in the order in which they came',
      async run({ ask, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ name: 'second', type: 'latency' })
        await toxic({ name: 'first', type: 'latency' })
        await toxic({ name: 'up', type: 'latency', stream: 'upstream' })
        const names = (await ask(200, 'GET', path)).json.toxics.map(({ name }: { name: string }) => name)
        expect(names).toEqual(['up', 'second', 'first'])
      },
    },
    {
      name: 'a name that is taken is 409, on either stream',
      async run({ ask, refuse, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ name: 'x', type: 'latency', stream: 'upstream' })
        for (const stream of ['upstream', 'downstream']) {
          const body = { name: 'x', type: 'slow_close', stream }
          await refuse(409, 'toxic already exists', 'POST', `${path}/toxics`, body)
        }
        const { json } = await ask(200, 'GET', `${path}/toxics`)
        expect([json.length, json[0].type]).toEqual([1, 'latency'])
      },
    },
    {
      name: 'default names differ by stream',
      async run({ ask, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ type: 'latency', stream: 'downstream' })
        await toxic({ type: 'latency', stream: 'upstream', name: '' })
        const names = (await ask(200, 'GET', `${path}/toxics`)).json.map(({ name }: { name: string }) => name)
        expect(names).toEqual(['latency_upstream', 'latency_downstream'])
      },
    },
    {
      name: 'a stream is upstream or downstream, whatever its case, and is shown as it was spelt',
      async run({ refuse, proxy }) {
        const { path, toxic } = await proxy()
        const error = 'stream was invalid, can be either upstream or downstream'
        for (const stream of ['', 'down', 'sideways', 'up stream']) {
          await refuse(400, error, 'POST', `${path}/toxics`, { type: 'noop', stream })
        }
        const { json } = await toxic({ type: 'noop', stream: 'UpStream' })
        expect([json.stream, json.name]).toEqual(['UpStream', 'noop_UpStream'])
      },
    },
    {
      name: 'a type that is not known is refused',
      async run({ refuse, proxy }) {
        const { path } = await proxy()
        for (const body of [
          {},
          { type: '' },
          { type: 'Latency' },
          { type: 'constructor' },
          { name: 'x', type: 'down' },
        ]) {
          await refuse(400, 'invalid toxic type', 'POST', `${path}/toxics`, body)
        }
      },
    },
    {
      name: 'checks come in order: body, stream, type, name, attributes',
      async run({ refuse, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ name: 'x', type: 'noop' })
        const to = `${path}/toxics`
        const bad = { name: 'x', attributes: { latency: 'much' } }
        const invalidStream = 'stream was invalid, can be either upstream or downstream'
        await refuse(400, /^bad request body/, 'POST', to, { ...bad, stream: 1 })
        await refuse(400, invalidStream, 'POST', to, { ...bad, type: 'none', stream: 'none' })
        await refuse(400, 'invalid toxic type', 'POST', to, { ...bad, type: 'none' })
        await refuse(409, 'toxic already exists', 'POST', to, { ...bad, type: 'latency' })
        await refuse(400, /^bad request body/, 'POST', to, { ...bad, name: 'y', type: 'latency' })
        await refuse(404, 'toxic not found', 'GET', `${to}/y`)
      },
    },
    {
      name: 'toxicity comes back as it was given, in 32 bits',
      async run({ ask, proxy }) {
        const { path, toxic } = await proxy()
        expect((await toxic({ type: 'latency', toxicity: 0.2 })).text).toMatch(/"toxicity":0.2\}$/)
        const to = `${path}/toxics/latency_downstream`
        for (const [given, shown] of [
          [0, '0'],
          [1, '1'],
          [0.333333333333, '0.33333334'],
          [-0.5, '-0.5'],
          [7, '7'],
        ] as const) {
          expect((await ask(200, 'POST', to, { toxicity: given })).text).toMatch(
            new RegExp(`"toxicity":${shown}\\}$`),
          )
        }
      },
    },
    {
      name: 'update changes what it names of the attributes and the toxicity, and nothing else',
      async run({ ask, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ name: 'x', type: 'latency', toxicity: 0.5, attributes: { latency: 100, jitter: 10 } })
        const to = `${path}/toxics/x`
        const shown = (latency: number, jitter: number, toxicity: number) =>
          `{"attributes":{"latency":${latency},"jitter":${jitter}},"name":"x","type":"latency","stream":"downstream","toxicity":${toxicity}}`
        const ignored = { name: 'y', type: 'noop', stream: 'upstream' }
        for (const [body, expected] of [
          [{ attributes: { jitter: 20 }, ...ignored }, shown(100, 20, 0.5)],
          [{ attributes: { LATENCY: 300, other: 1 } }, shown(300, 20, 0.5)],
          [{ toxicity: 0.75 }, shown(300, 20, 0.75)],
          [{ attributes: null, toxicity: null }, shown(300, 20, 0.75)],
          [{}, shown(300, 20, 0.75)],
        ] as const) {
          expect((await ask(200, 'PATCH', to, body)).text).toBe(expected)
        }
        expect((await ask(200, 'POST', to, { attributes: { latency: 0 } })).text).toBe(shown(0, 20, 0.75))
      },
    },
    {
      name: 'a broken update is refused',
      async run({ refuse, proxy }) {
        const { path, toxic } = await proxy()
        await toxic({ name: 'x', type: 'latency' })
        for (const body of ['{', { toxicity: 'x' }, { attributes: { latency: [] } }, []]) {
          await refuse(400, /^bad request body: ./, 'PATCH', `${path}/toxics/x`, body)
        }
      },
    },
    {
      name: 'a toxic that was removed leaves its name and its place',
      async run({ ask, proxy }) {
        const { path, toxic } = await proxy()
        for (const name of ['a', 'b', 'c']) await toxic({ name, type: 'noop' })
        await ask(204, 'DELETE', `${path}/toxics/a`)
        await toxic({ name: 'a', type: 'noop' })
        const names = (await ask(200, 'GET', `${path}/toxics`)).json.map(({ name }: { name: string }) => name)
        expect(names).toEqual(['b', 'c', 'a'])
        for (const name of ['a', 'b', 'c']) await ask(204, 'DELETE', `${path}/toxics/${name}`)
      },
    },
    {
      name: 'more toxics than there are types',
      async run({ ask, proxy }) {
        const { path, toxic, connect } = await proxy({ echo: true })
        const { client } = await connect()
        for (let i = 0; i < 20; i++) await toxic({ name: `t${i}`, type: 'noop' })
        client.write('through all of them')
        await client.receive(19)
        expect((await ask(200, 'GET', `${path}/toxics`)).json).toHaveLength(20)
      },
    },
  ],
}
