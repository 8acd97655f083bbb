/** The contract of every fault: its probe sees nothing before, sees it bite while it is on, and nothing after its revert. */
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ToxiproxyServer } from '@saeol-chaos/toxiproxy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind, faultKinds } from '../../../harness/faults/index.ts'
import {
  cut,
  delay,
  kill,
  packetLoss,
  pause,
  reset,
  restart,
  slowClose,
  stall,
  surge,
  switchOn,
  throttle,
  truncate,
} from '../../../harness/index.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { LinkAddress, Topology } from '../../../harness/model/topology.ts'
import { processesRuntime } from '../../../harness/runtimes/processes/processes.ts'
import { connectToxiproxy } from '../../../harness/toxiproxy/connect.ts'
import { userAsks } from '../fixtures/tiny-journeys.ts'
import { tinySystem } from '../fixtures/tiny-system.ts'
import { startOneLink } from './one-link.ts'
import { plannedFault } from './planned-fault.ts'

let toxiproxy: ToxiproxyServer
let onOneLink: FaultContext
let address: LinkAddress
let streams: ReadonlySet<string>
/** Faults on services need some: two processes and their links. */
let network: FaultContext
const undo = new AsyncDisposableStack()
const deaths: string[] = []

beforeAll(async () => {
  ;({ toxiproxy, onOneLink, address, streams } = undo.use(await startOneLink()))
  const logDir = mkdtempSync(join(tmpdir(), 'faults-'))
  undo.defer(() => rmSync(logDir, { recursive: true }))
  const runtime = undo.use(processesRuntime({ toxiproxy: 'embedded' }))
  const topology = undo.use(
    await runtime.up(tinySystem, {
      seed: 'faults',
      environment: {},
      logDir,
      signal: onOneLink.signal,
      onSystemEvent: () => {},
      onDeath: ({ service }) => deaths.push(service),
    }),
  )
  network = { ...onOneLink, topology }
})

afterAll(() => undo.disposeAsync())

const rows: FaultSpec[] = [
  stall('a→b'),
  cut('a→b'),
  delay('a→b', '200ms', { jitter: '50ms' }),
  throttle('a→b', 50),
  reset('a→b'),
  reset('a→b', { after: '100ms' }),
  packetLoss('a→b'),
  packetLoss('a→b', { minBytes: 1000, probability: 0.6 }),
  truncate('a→b', 4000),
  truncate('a→b', 100_000, { way: 'back' }),
  slowClose('a→b', '300ms'),
  kill('back'),
  pause('back'),
  restart('back'),
  switchOn('back', 'deaf'),
].map((fault) => plannedFault(fault))

it('has a row for every fault', () => {
  const seen = new Set([...rows.map(({ kind }) => kind), 'surge'])
  expect(seen).toEqual(new Set(faultKinds.map(({ kind }) => kind)))
})

describe.each(rows)('$id $params', (spec) => {
  const kind = faultKind(spec.kind)!
  let context: FaultContext
  beforeAll(() => {
    context = spec.service === undefined ? onOneLink : network
  })

  it('has no problems of its own', () => expect(kind.problems(spec, tinySystem)).toEqual([]))

  it('is not seen before, bites while it is on, and is gone after its revert', async () => {
    await kind.prepare?.(spec, context)
    expect(await kind.probe!(spec, context)).toMatchObject({ bites: false })
    await kind.inject(spec, context)
    try {
      const sighting = await kind.probe!(spec, context)
      expect(sighting).toMatchObject({ bites: true })
      expect(sighting.said).not.toBe('')
    } finally {
      await kind.revert(spec, context)
    }
    expect(await kind.probe!(spec, context)).toMatchObject({ bites: false })
  })

  it('names the toxics it puts on its link, and its probe the connections it makes', async () => {
    await kind.inject(spec, context)
    try {
      const toxics = await (await fetch(`${toxiproxy.url}/proxies/a-to-b/toxics`)).json()
      const names = (toxics as { name: string }[]).map(({ name }) => name)
      expect(names.toSorted()).toEqual([...(kind.toxics?.(spec) ?? [])].toSorted())
      // So that what Toxiproxy says of the probe's own connection is not taken for a user's.
      if (kind.toxics !== undefined) {
        const { clients } = await kind.probe!(spec, context)
        expect(new Set(clients).size).toBe({ 'packet-loss': 2, truncate: 2, stall: 3 }[spec.kind] ?? 1)
        for (const client of clients!) expect(client).toMatch(/^127\.0\.0\.1:\d+$/)
      }
    } finally {
      await kind.revert(spec, context)
    }
  })

  it('can be reverted in any state, twice', async () => {
    await kind.revert(spec, context)
    await kind.revert(spec, context)
    expect(await kind.probe!(spec, context)).toMatchObject({ bites: false })
  })
})

it('a surge begins a stream of its own and ends it, in any state; its visits are in the journal', async () => {
  const spec = plannedFault(surge(userAsks, '100/s'))
  const { streams: plannedStreams, inject, revert, probe } = faultKind('surge')!
  const ids = plannedStreams!(spec).map(({ id }) => id)
  expect(probe).toBeUndefined()
  await revert(spec, onOneLink)
  expect([...streams]).toEqual([])
  await inject(spec, onOneLink)
  expect([...streams]).toEqual(ids)
  await revert(spec, onOneLink)
  await revert(spec, onOneLink)
  expect([...streams]).toEqual([])
})

it('takes no fault for a death that nobody asked for', () => expect(deaths).toEqual([]))

describe('a probe', () => {
  it('does not take a dead service for a fault of its kind', async () => {
    const dead = createTcpServer()
    await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve))
    const { port } = dead.address() as AddressInfo
    await new Promise((resolve) => dead.close(resolve))
    const closed = { ...onOneLink, topology: { ...onOneLink.topology, link: () => ({ ...address, port }) } }
    for (const spec of rows.filter(({ kind }) =>
      ['stall', 'latency', 'throttle', 'packet-loss'].includes(kind),
    ))
      expect(await faultKind(spec.kind)!.probe!(spec, closed)).toMatchObject({ bites: false })
  })

  it('looks by PostgreSQL’s first question where the link leads to PostgreSQL', async () => {
    const asked: Buffer[] = []
    const server = createTcpServer((socket) =>
      socket.on('data', (chunk) => {
        asked.push(chunk)
        socket.write('N')
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const postgres: LinkAddress = { ...address, port, protocol: 'postgres' }
    const asking = { ...onOneLink, topology: { ...onOneLink.topology, link: () => postgres } }
    expect(await faultKind('stall')!.probe!(plannedFault(stall('a→b')), asking)).toMatchObject({
      bites: false,
    })
    // Once with each kind of connection.
    const first = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
    expect(asked).toEqual([first, first, first])
    asked.length = 0
    await faultKind('packet-loss')!.probe!(plannedFault(packetLoss('a→b')), asking)
    const startup = asked.find((chunk) => chunk.readUInt32BE(4) === 0x30000)!
    expect(startup.toString('latin1', 8)).toMatch(/^user\0probe\0application_name\0x+\0\0$/)
    server.close()
  })

  it('asks as much as it says', async () => {
    const asked = new Map<object, number>()
    const server = createTcpServer((socket) =>
      socket.on('data', (chunk) => {
        asked.set(socket, (asked.get(socket) ?? 0) + chunk.length)
        if (chunk.toString().endsWith('\r\n\r\n')) socket.write('HTTP/1.1 200 OK\r\n\r\n')
      }),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const asking = { ...onOneLink, topology: { ...onOneLink.topology, link: () => ({ ...address, port }) } }
    const { bites, said } = await faultKind('packet-loss')!.probe!(plannedFault(packetLoss('a→b')), asking)
    expect([...asked.values()].sort((a, b) => a - b)).toEqual([1400, 6000])
    expect(bites).toBe(false)
    expect(said).toMatch(
      /^probe through a→b: 1400 bytes answered in \d+ ms, 6000 bytes answered in \d+ ms \(a stand-in for packets, the toxic packet_loss on a-to-b\)$/,
    )
    server.close()
  })
})

describe('a damaged port', () => {
  const spec = plannedFault(packetLoss('a→b'))
  const kind = faultKind('packet-loss')!

  it('is one for every link that leads to the service, and for no other', async () => {
    const system = {
      links: [
        { name: 'a→b', to: 'b' },
        { name: 'c→b', to: 'b' },
        { name: 'a→c', to: 'c' },
      ],
    }
    const { toxiproxy: client } = onOneLink.topology
    const proxies = ['c-to-b', 'a-to-c']
    for (const name of proxies)
      await client.createProxy({ name, listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
    const link = (name: string) => ({ ...address, name, proxy: name.replace('→', '-to-') })
    const wider = {
      ...onOneLink,
      topology: { ...onOneLink.topology, system, link } as unknown as Topology,
    }
    const toxics = async () => {
      const all = (await (await fetch(`${toxiproxy.url}/proxies`)).json()) as Record<
        string,
        { toxics: object[] }
      >
      return Object.fromEntries(['a-to-b', ...proxies].map((name) => [name, all[name]!.toxics]))
    }
    await kind.inject(spec, wider)
    const lossy = [
      {
        name: 'packet-loss-a-to-b',
        type: 'packet_loss',
        stream: 'upstream',
        toxicity: 1,
        attributes: { min_bytes: 1500, probability: 0.9 },
      },
    ]
    expect(await toxics()).toEqual({ 'a-to-b': lossy, 'c-to-b': lossy, 'a-to-c': [] })
    await kind.revert(spec, wider)
    expect(await toxics()).toEqual({ 'a-to-b': [], 'c-to-b': [], 'a-to-c': [] })
  })
})

describe('the wrapped client', () => {
  it('passes the server’s own words on', async () => {
    const client = connectToxiproxy(`${toxiproxy.url}/`)
    await expect(
      client.createProxy({ name: 'a-to-b', listen: '127.0.0.1:0', upstream: 'x:1' }),
    ).rejects.toThrow(/could not create proxy 'a-to-b': proxy already exists \(409\)/)
    await expect(client.setEnabled('nobody', true)).rejects.toThrow(/proxy not found \(404\)/)
    await expect(
      client.addToxic('a-to-b', {
        name: 'x',
        type: 'nonsense' as 'latency',
        stream: 'upstream',
        toxicity: 1,
        attributes: {},
      }),
    ).rejects.toThrow(/invalid toxic type \(400\)/)
  })

  it('names what is at fault when nobody is there', async () => {
    const { port } = await new Promise<{ port: number }>((resolve) => {
      const server = createTcpServer().listen(0, '127.0.0.1', () => {
        const at = server.address() as AddressInfo
        server.close(() => resolve(at))
      })
    })
    await expect(connectToxiproxy(`http://127.0.0.1:${port}`).version()).rejects.toThrow(
      /could not tell its version: .*ECONNREFUSED/,
    )
  })

  it('gives up on a server that accepts and never answers', async () => {
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    await expect(connectToxiproxy(`http://127.0.0.1:${port}`, 100).reset()).rejects.toThrow(/could not reset/)
    silent.close()
    connect(port).on('error', () => {})
  })

  it('takes names that need encoding, and a toxic that is gone for removed', async () => {
    const client = connectToxiproxy(toxiproxy.url)
    await client.createProxy({ name: 'odd name→', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' })
    await client.setEnabled('odd name→', false)
    await client.removeToxic('odd name→', 'never there')
  })
})
