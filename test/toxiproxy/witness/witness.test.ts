/** What a server says of its toxics, as the harness hears it: from the embedded server, and from the real one. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startToxiproxyServer, type ToxiproxyServerOptions } from '@saeol-chaos/toxiproxy'
import { expect, onTestFinished, test } from 'vitest'
import { openWitness } from '../../../harness/toxiproxy/witness/open.ts'
import type { Testimony, Witness } from '../../../harness/toxiproxy/witness/witness.ts'
import { dial, startUpstream } from '../../../packages/toxiproxy/test/conformance/peer.ts'
import { subjects } from '../../../packages/toxiproxy/test/conformance/subjects.ts'

async function hear(url: string, signal = new AbortController().signal) {
  const heard: Testimony[] = []
  const witness: Witness = await openWitness({ url, signal, testify: (said) => heard.push(said) })
  onTestFinished(() => witness[Symbol.asyncDispose]())
  return { witness, heard }
}

async function call(url: string, method: string, path: string, body?: object) {
  const reply = await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) })
  if (!reply.ok) throw new Error(await reply.text())
  return reply
}

/** A proxy that echoes, and what a stall on its way back does to one user. */
async function startProxy(url: string) {
  const upstream = await startUpstream({ echo: true })
  onTestFinished(() => upstream[Symbol.asyncDispose]())
  const body = { name: 'a-to-b', listen: '127.0.0.1:0', upstream: upstream.address }
  const { listen } = (await (await call(url, 'POST', '/proxies', body)).json()) as { listen: string }
  return {
    async echo(bytes: number) {
      const client = await dial(listen)
      await upstream.next()
      client.write(Buffer.alloc(bytes))
      await client.receive(bytes)
      client.socket.end()
      await client.ended()
    },
    async stalledUser() {
      await call(url, 'POST', '/proxies/a-to-b/toxics', { name: 'stall-downstream', type: 'timeout' })
      const client = await dial(listen)
      const address = `127.0.0.1:${client.socket.localPort}`
      client.write('question')
      const server = await upstream.next()
      await server.receive(8)
      return {
        address,
        async freed() {
          await call(url, 'DELETE', '/proxies/a-to-b/toxics/stall-downstream')
          await client.ended()
        },
      }
    },
  }
}

async function embedded(options: ToxiproxyServerOptions = {}) {
  const server = await startToxiproxyServer({ port: 0, ...options })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

test('the embedded server tells whom a toxic bit, and all that it did', async () => {
  const { url } = await embedded()
  const { witness, heard } = await hear(url)
  expect(witness.kind).toBe('events')
  const proxy = await startProxy(url)
  await witness.ask('before')
  const user = await proxy.stalledUser()
  await expect.poll(() => heard.length).toBe(1)
  await user.freed()
  await expect.poll(() => heard.length).toBe(2)
  expect(heard).toEqual([
    {
      said: 'bit',
      at: expect.closeTo(Date.now(), -5),
      proxy: 'a-to-b',
      toxic: 'stall-downstream',
      connection: 'a-to-b/0',
      client: user.address,
      how: 'dropped',
    },
    {
      said: 'removed',
      at: expect.any(Number),
      proxy: 'a-to-b',
      toxic: 'stall-downstream',
      totals: {
        connections: 1,
        bittenConnections: 1,
        chunks: 1,
        bytes: 8,
        delayedChunks: 0,
        slicedChunks: 0,
        answeredRequests: 0,
        droppedBytes: 8,
        cuts: expect.any(Number),
        firstBiteAtMs: expect.any(Number),
      },
    },
  ])
})

test('a listener that has left is told nothing more, and misses nothing', async () => {
  const { url } = await embedded()
  const { witness, heard } = await hear(url)
  await witness[Symbol.asyncDispose]()
  const proxy = await startProxy(url)
  await (await proxy.stalledUser()).freed()
  expect(heard).toEqual([])
})

test('a server that goes away in the middle leaves it unknown what was missed', async () => {
  const server = await embedded()
  const { heard } = await hear(server.url)
  await server[Symbol.asyncDispose]()
  await expect.poll(() => heard).toEqual([{ said: 'missed', at: expect.any(Number), events: null }])
})

test('a server that says how much a slow reader missed is heard', async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write(': listening\n\nevent: missed\ndata: {"ev')
    response.write('ents": 12}\n\n')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await expect.poll(() => server.listening).toBe(true)
  const { heard } = await hear(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await expect.poll(() => heard).toEqual([{ said: 'missed', at: expect.any(Number), events: 12 }])
})

test('a server with neither events nor metrics has nothing to say', async () => {
  const { url } = await embedded({ strict: true })
  const { witness, heard } = await hear(url)
  expect(witness.kind).toBe('none')
  await witness.ask('before')
  await witness.ask('after')
  expect(heard).toEqual([])
})

test('a server that is not there cannot be asked, and the error says so', async () => {
  const server = await embedded()
  await server[Symbol.asyncDispose]()
  await expect(hear(server.url)).rejects.toThrow(
    `Toxiproxy at ${server.url} could not be asked what it can tell`,
  )
})

const real = subjects.find((subject) => subject.real)!

test('a strict server tells by its metrics what came to a link and what went on', async () => {
  await tellsByMetrics((await embedded({ strict: true, metrics: true })).url)
})

// A pipeline that promises the real one must not lose it in silence.
const skipped = real.missing !== undefined && process.env.CI_REQUIRE_TOXIPROXY !== '1'
const reason = skipped ? `, skipped, because ${real.missing}` : ''
test.skipIf(skipped)(`the real server tells it too${reason}`, async () => {
  const server = await real.start()
  onTestFinished(() => server[Symbol.asyncDispose]())
  await tellsByMetrics(server.url)
})

async function tellsByMetrics(url: string) {
  const { witness, heard } = await hear(url)
  expect(witness.kind).toBe('metrics')
  await witness.ask('before')
  expect(heard).toEqual([])
  const proxy = await startProxy(url)
  await proxy.echo(1000)
  await expect
    .poll(async () => {
      heard.length = 0
      await witness.ask('before')
      return heard
    })
    .toMatchObject([
      {
        said: 'carried',
        when: 'before',
        proxy: 'a-to-b',
        streams: {
          upstream: { receivedBytes: 1000, sentBytes: 1000 },
          downstream: { receivedBytes: 1000, sentBytes: 1000 },
        },
      },
    ])
  const user = await proxy.stalledUser()
  await user.freed()
  await expect
    .poll(async () => {
      heard.length = 0
      await witness.ask('after')
      return heard
    })
    .toMatchObject([
      {
        when: 'after',
        streams: {
          upstream: { receivedBytes: 1008, sentBytes: 1008 },
          downstream: { receivedBytes: 1008, sentBytes: 1000 },
        },
      },
    ])
}
