import { expect, onTestFinished, test } from 'vitest'
import { type EvidenceEvent, startToxiproxyServer } from '../../src/index.ts'
import { dial, startUpstream, within } from '../conformance/peer.ts'

async function startProxied({ strict = false, toxics = [] as object[] } = {}) {
  const stack = new AsyncDisposableStack()
  onTestFinished(() => stack.disposeAsync())
  const upstream = stack.use(await startUpstream())
  const { url } = stack.use(await startToxiproxyServer({ port: 0, strict, seed: 1 }))
  const call = async (method: string, path: string, body?: object) => {
    const reply = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
    const text = await reply.text()
    return text.startsWith('{') ? JSON.parse(text) : text
  }
  const { listen } = await call('POST', '/proxies', {
    name: 'db',
    listen: '127.0.0.1:0',
    upstream: upstream.address,
  })
  for (const toxic of toxics) await call('POST', '/proxies/db/toxics', toxic)
  return {
    url,
    call,
    listen: listen as string,
    upstream,
    async connect() {
      const client = await dial(listen)
      stack.defer(() => void client.socket.destroy())
      return { client, server: await upstream.next() }
    },
  }
}

/** Reads the event stream until `until` is satisfied. */
async function collectEvents(url: string, query = '') {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const response = await fetch(`${url}/events${query}`, { signal: stop.signal })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const events: EvidenceEvent[] = []
  const waiting = new Set<() => void>()
  void (async () => {
    let text = ''
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      text += part
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data === undefined) continue
        const event = JSON.parse(data)
        expect(/^event: (.*)$/m.exec(block)?.[1]).toBe(event.event)
        events.push(event)
      }
      for (const check of waiting) check()
    }
  })().catch(() => {})
  return {
    events,
    until: (names: readonly string[]) =>
      within(
        new Promise<void>((resolve) => {
          const check = () => {
            const left = [...names]
            for (const { event } of events) if (event === left[0]) left.shift()
            if (left.length === 0) resolve()
          }
          waiting.add(check)
          check()
        }),
        () => `events ${names} (came: ${events.map(({ event }) => event)})`,
        5000,
      ),
  }
}

/** `question` went up, 7 bytes came down. */
const whatTheyDid = {
  upstream: {
    receivedBytes: 8,
    sentBytes: 8,
    ending: null,
    toxics: [{ name: 'spared', applies: false, chunks: 1, bytes: 8, droppedBytes: 0, firstBiteAtMs: null }],
  },
  downstream: {
    receivedBytes: 7,
    sentBytes: 7,
    ending: null,
    toxics: [
      { name: 'slow', type: 'latency', applies: true, chunks: 1, bytes: 7, delayedChunks: 1 },
      {
        name: 'short',
        applies: true,
        chunks: 1,
        bytes: 7,
        droppedBytes: 0,
        cuts: 0,
        firstBiteAtMs: null,
      },
    ],
  },
}

test('what each toxic does to each connection is counted', async () => {
  const { call, connect } = await startProxied({
    toxics: [
      { name: 'slow', type: 'latency', attributes: { latency: 20 } },
      { name: 'short', type: 'limit_data', attributes: { bytes: 10 } },
      { name: 'spared', type: 'timeout', stream: 'upstream', toxicity: 0 },
    ],
  })
  const { client, server } = await connect()
  client.write('question')
  await server.receive(8)
  server.write('1234567')
  await client.receive(7)

  const { connections, toxics } = await call('GET', '/connections')
  expect(connections).toHaveLength(1)
  expect(connections[0]).toMatchObject({
    id: 'db/0',
    proxy: 'db',
    client: `127.0.0.1:${client.socket.localPort}`,
    streams: whatTheyDid,
  })
  expect(Math.abs(connections[0].streams.downstream.toxics[0].firstBiteAtMs - Date.now())).toBeLessThan(
    10_000,
  )
  expect(
    toxics.map(({ name, connections, bittenConnections }: never) => [name, connections, bittenConnections]),
  ).toEqual([
    ['spared', 1, 0],
    ['slow', 1, 1],
    ['short', 1, 0],
  ])

  server.write('890abc')
  await client.ended()
  await expect.poll(async () => (await call('GET', '/connections')).connections).toEqual([])
  const after = (await call('GET', '/connections')).toxics
  expect(after[2]).toMatchObject({
    name: 'short',
    connections: 1,
    bittenConnections: 1,
    droppedBytes: 3,
    cuts: 1,
  })
})

test('a slicer without delay is seen to cut', async () => {
  const { call, connect } = await startProxied({
    toxics: [{ name: 's', type: 'slicer', stream: 'upstream', attributes: { average_size: 10 } }],
  })
  const { client, server } = await connect()
  client.write(Buffer.alloc(1000))
  await server.receive(1000)
  const { toxics } = await call('GET', '/connections')
  expect(toxics[0]).toMatchObject({ slicedChunks: 1, delayedChunks: 0, bittenConnections: 1 })
})

test('events tell how a connection opened, was bitten and closed, and what a removed toxic had done', async () => {
  const { url, call, connect } = await startProxied({
    toxics: [{ name: 'gone', type: 'timeout', attributes: { timeout: 30 } }],
  })
  const { events, until } = await collectEvents(url)
  const { client, server } = await connect()
  const from = `127.0.0.1:${client.socket.localPort}`
  server.write('lost')
  await client.ended()
  await until(['opened', 'bite', 'closed'])
  await call('DELETE', '/proxies/db/toxics/gone')
  await until(['opened', 'bite', 'closed', 'removed'])

  const [opened, bite, closed, removed] = events
  expect(opened).toMatchObject({ event: 'opened', connection: { id: 'db/0', client: from } })
  expect(bite).toMatchObject({
    event: 'bite',
    id: 'db/0',
    toxic: 'gone',
    type: 'timeout',
    stream: 'downstream',
    how: 'dropped',
  })
  expect(closed).toMatchObject({
    event: 'closed',
    connection: {
      client: from,
      streams: {
        downstream: {
          receivedBytes: 4,
          sentBytes: 0,
          ending: 'close',
          toxics: [{ droppedBytes: 4, cuts: 1 }],
        },
      },
    },
  })
  expect(removed).toMatchObject({
    toxic: { proxy: 'db', name: 'gone', connections: 1, bittenConnections: 1, droppedBytes: 4 },
  })
  expect(events).toHaveLength(4)
})

test('a toxic that never takes effect never bites', async () => {
  const { url, connect } = await startProxied({
    toxics: [
      { name: 'idle', type: 'timeout', attributes: { timeout: 60_000 } },
      { name: 'zero', type: 'latency', stream: 'upstream' },
      { name: 'fast', type: 'bandwidth', stream: 'upstream', attributes: { rate: 10_000_000 } },
    ],
  })
  const { events, until } = await collectEvents(url)
  const { client, server } = await connect()
  client.write('question')
  await server.receive(8)
  client.socket.resetAndDestroy()
  await until(['opened', 'closed'])
  expect(events.map(({ event }) => event)).toEqual(['opened', 'closed'])
})

test('an upstream that cannot be reached is told', async () => {
  const { url, call, listen } = await startProxied()
  const { events, until } = await collectEvents(url)
  await call('POST', '/proxies/db', { upstream: '127.0.0.1:1' })
  const client = await dial(listen)
  await client.ended()
  await until(['unreachable'])
  expect(events[0]).toMatchObject({ event: 'unreachable', id: 'db/0', upstream: '127.0.0.1:1' })
})

test('a listener gets only the events it asked for', async () => {
  const { url, connect } = await startProxied()
  const { events, until } = await collectEvents(url, '?event=closed&event=bite')
  const { client } = await connect()
  client.socket.resetAndDestroy()
  await until(['closed'])
  expect(events.map(({ event }) => event)).toEqual(['closed'])
})

test('in strict mode there is none of it, as upstream has none', async () => {
  const { call } = await startProxied({ strict: true })
  expect(await call('GET', '/connections')).toBe('404 page not found\n')
  expect(await call('GET', '/events')).toBe('404 page not found\n')
})
