import { expect, onTestFinished, test } from 'vitest'
import { startToxiproxyServer } from '../../src/index.ts'
import { dial, type Peer, startUpstream } from '../conformance/peer.ts'

async function startTwo() {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const { url } = stack.use(await startToxiproxyServer({ port: 0 }))
  const call = async (method: string, path: string, body?: object) => {
    const reply = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    return { status: reply.status, json: (await reply.json()) as never as Record<string, never> }
  }
  const connect = async (name: string) => {
    const upstream = stack.use(await startUpstream())
    const { json } = await call('POST', '/proxies', {
      name,
      listen: '127.0.0.1:0',
      upstream: upstream.address,
    })
    const client = await dial(json.listen!)
    stack.defer(() => void client.socket.destroy())
    return { client, server: await upstream.next() }
  }
  return { call, a: await connect('a'), b: await connect('b') }
}

const change = (proxy: string, rest: object) => ({ proxy, ...rest })
const stall = { name: 'stall', type: 'bandwidth', stream: 'downstream' }

test('toxics are added, updated and removed on several proxies at once', async () => {
  const { call, a, b } = await startTwo()
  const added = await call('POST', '/toxics', {
    changes: [
      change('a', { add: stall }),
      change('b', { add: stall }),
      change('b', { add: { type: 'latency', stream: 'upstream' } }),
      change('b', { update: { name: 'latency_upstream', attributes: { latency: 10 } } }),
    ],
  })
  expect(added.status).toBe(200)
  expect(added.json.proxies).toMatchObject([
    { name: 'a', toxics: [{ name: 'stall' }] },
    { name: 'b', toxics: [{ attributes: { latency: 10 } }, { name: 'stall' }] },
  ])
  for (const { server } of [a, b]) server.write('held')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect([a, b].map(({ client }) => client.received().length)).toEqual([0, 0])
  const removed = await call('POST', '/toxics', {
    changes: ['a', 'b'].map((proxy) => change(proxy, { remove: 'stall' })),
  })
  expect(removed.status).toBe(200)
  for (const { client } of [a, b]) expect(`${await client.receive(4)}`).toBe('held')
})

test('when one change cannot be made, none is', async () => {
  const { call } = await startTwo()
  await call('POST', '/toxics', { changes: [change('b', { add: stall })] })
  for (const [bad, status, error] of [
    [change('b', { add: stall }), 409, 'change 2: toxic already exists'],
    [change('b', { remove: 'none' }), 404, 'change 2: toxic not found'],
    [change('none', { remove: 'stall' }), 404, 'proxy not found'],
    [change('b', { add: { type: 'none' } }), 400, 'change 2: invalid toxic type'],
    [
      change('b', { update: { name: 'stall', attributes: { rate: 'x' } } }),
      400,
      /^change 2: bad request body: /,
    ],
    [change('b', {}), 400, 'missing required field: add, update or remove at change 2'],
    [{ remove: 'stall' }, 400, 'missing required field: proxy at change 2'],
  ] as const) {
    const reply = await call('POST', '/toxics', { changes: [change('a', { add: { type: 'timeout' } }), bad] })
    expect(reply).toMatchObject({
      status,
      json: { error: typeof error === 'string' ? error : expect.stringMatching(error) },
    })
    expect((await call('GET', '/proxies')).json).toMatchObject({
      a: { toxics: [] },
      b: { toxics: [{ name: 'stall' }] },
    })
  }
  expect((await call('POST', '/toxics', [])).json).toMatchObject({ status: 400 })
})

test('changes see those before them', async () => {
  const { call } = await startTwo()
  const reply = await call('POST', '/toxics', {
    changes: [
      change('a', { add: stall }),
      change('a', { remove: 'stall' }),
      change('a', { add: { ...stall, type: 'noop' } }),
    ],
  })
  expect(reply.json.proxies).toMatchObject([{ toxics: [{ name: 'stall', type: 'noop' }] }])
})

test('no answer gets through between two proxies that are cut together', async () => {
  const { call, a, b } = await startTwo()
  // What arrives at one server is passed to the other at once: between two separate calls some would slip through.
  const relay = (from: Peer, to: Peer) => from.socket.on('data', (data) => to.socket.write(data))
  relay(a.server, a.server)
  relay(b.server, b.server)
  let rounds = 0
  const play = (peer: Peer) => peer.socket.on('data', () => ++rounds && peer.socket.write('*'))
  play(a.client)
  play(b.client)
  a.client.write('*')
  b.client.write('*')
  await expect.poll(() => rounds).toBeGreaterThan(50)
  const cut = { type: 'timeout', stream: 'upstream' }
  await call('POST', '/toxics', { changes: [change('a', { add: cut }), change('b', { add: cut })] })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const after = rounds
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(rounds).toBe(after)
})
