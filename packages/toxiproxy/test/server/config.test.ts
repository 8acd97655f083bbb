import { expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer, type ToxiproxyServerOptions } from '../../src/index.ts'
import { dial, startUpstream } from '../conformance/peer.ts'
import { configFile } from './command-line.ts'

async function start(options: ToxiproxyServerOptions) {
  const server = await startToxiproxyServer({ port: 0, ...options })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return async (path: string) => (await fetch(server.url + path)).json() as Promise<never>
}

const proxy = { name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:1' }

test('toxics of a configuration are set, as the API shows them', async () => {
  const toxics = [
    { type: 'latency', attributes: { latency: 10 } },
    { name: 'cut', type: 'limit_data', stream: 'upstream', toxicity: 0.5, attributes: { bytes: 9 } },
  ]
  const get = await start({ config: await configFile(JSON.stringify([{ ...proxy, toxics }])) })
  expect(await get('/proxies/a/toxics')).toEqual([
    { attributes: { bytes: 9 }, name: 'cut', type: 'limit_data', stream: 'upstream', toxicity: 0.5 },
    {
      attributes: { latency: 10, jitter: 0 },
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    },
  ])
})

test('they are there for the first connection', async () => {
  await using upstream = await startUpstream()
  const toxics = [{ type: 'limit_data', stream: 'upstream', attributes: { bytes: 2 } }] as const
  const get = await start({ config: [{ ...proxy, upstream: upstream.address, toxics }] })
  const client = await dial(((await get('/proxies/a')) as { listen: string }).listen)
  client.write('abcdef')
  const server = await upstream.next()
  await server.ended()
  expect(`${server.received()}`).toBe('ab')
})

test.each([
  [[{ type: 'none' }], /toxic 1 of proxy a: invalid toxic type/],
  [[{ type: 'noop' }, { type: 'noop' }], /toxic 2 of proxy a: toxic already exists/],
  [[{ type: 'latency', attributes: { latency: 'x' } }], /toxic 1 of proxy a: bad request body: /],
  [{}, /cannot unmarshal object into Go struct field toxics/],
])('toxics %j are refused in words, and nothing is started', async (toxics, said) => {
  const config = await configFile(JSON.stringify([{ ...proxy, toxics }]))
  await expect(startToxiproxyServer({ port: 0, config })).rejects.toThrow(said)
})

test('in strict mode they are ignored, as upstream ignores them', async () => {
  const config = await configFile(JSON.stringify([{ ...proxy, toxics: [{ type: 'latency' }] }]))
  const get = await start({ config, strict: true })
  expect(await get('/proxies/a/toxics')).toEqual([])
})
