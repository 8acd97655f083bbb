/** A stalled link is silent through every kind of connection that users have, on every Toxiproxy. */
import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind } from '../../../harness/faults/index.ts'
import { stall } from '../../../harness/index.ts'
import type { LinkAddress, Topology } from '../../../harness/model/topology.ts'
import { connectToxiproxy } from '../../../harness/toxiproxy/connect.ts'
import { type Subject, subjects } from '../../../packages/toxiproxy/test/conformance/subjects.ts'
import { describeWith } from '../../needs.ts'

const needsOf = ({ missing }: Subject) => ({ missing, promisedBy: 'CI_REQUIRE_TOXIPROXY' })

/** Long enough for everything behind the link to answer, to close and to time out, ms. */
const watchedMs = 1500

interface Kind {
  readonly is: string
  /** Asks once it is connected. */
  readonly ask: string
  readonly halfCloses?: boolean
  /** It was connected, and answered, before the fault. */
  readonly before?: boolean
  readonly to: 'http' | 'tcp'
}

const get = (more = '') => `GET / HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const kinds: readonly Kind[] = [
  { is: 'fresh, the server closes after its answer', ask: get('Connection: close\r\n'), to: 'http' },
  { is: 'fresh, kept alive', ask: get(), to: 'http' },
  { is: 'kept alive since before the fault', ask: get(), before: true, to: 'http' },
  { is: 'half-closed by its user', ask: get('Connection: close\r\n'), halfCloses: true, to: 'http' },
  { is: 'plain TCP, the server speaks first and closes', ask: '', to: 'tcp' },
  { is: 'plain TCP, half-closed by its user', ask: 'hello', halfCloses: true, to: 'tcp' },
]

for (const subject of subjects)
  describeWith(`on ${subject.name}`, needsOf(subject), () => {
    const undo: (() => unknown)[] = []
    let servers: { http: Server; tcp: TcpServer }
    let links: Record<Kind['to'], LinkAddress>
    let context: FaultContext

    beforeEach(async () => {
      // It closes what is idle, as servers do: through a stalled link that must not be heard.
      const http = createServer({ keepAliveTimeout: 400 }, (_, response) => response.end('answer'))
      const tcp = createTcpServer((socket) => {
        socket.on('error', () => {})
        socket.end('banner')
      })
      servers = { http, tcp }
      const running = await subject.start()
      undo.push(() => running[Symbol.asyncDispose]())
      const client = connectToxiproxy(running.url)
      const linkTo = async (name: Kind['to']): Promise<LinkAddress> => {
        const server = servers[name]
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        undo.push(() => server.close())
        const upstream = `127.0.0.1:${(server.address() as AddressInfo).port}`
        const at = await client.createProxy({ name, listen: '127.0.0.1:0', upstream })
        return { name, proxy: name, ...at, url: `http://${at.host}:${at.port}`, protocol: 'http' }
      }
      links = { http: await linkTo('http'), tcp: await linkTo('tcp') }
      context = {
        topology: {
          toxiproxy: client,
          link: (name: Kind['to']) => links[name],
        } as unknown as Topology,
        load: {} as FaultContext['load'],
        signal: new AbortController().signal,
      }
    })
    afterEach(async () => {
      for (const step of undo.splice(0).toReversed()) await step()
    })

    /** A user's connection, and what is heard on it. */
    function dial(to: Kind['to']): { socket: Socket; heard: string[] } {
      const { host, port } = links[to]
      const socket = connect({ host, port, allowHalfOpen: true })
      undo.push(() => socket.destroy())
      const heard: string[] = []
      for (const event of ['data', 'end', 'close', 'error'] as const)
        socket.on(event, () => void heard.push(event))
      return { socket, heard }
    }

    it.each(kinds)('$is: not a byte and no end while it lasts, then it closes', async (kind) => {
      const fault = { ...stall('x→y'), link: kind.to }
      const earlier = kind.before ? dial(kind.to) : undefined
      if (earlier !== undefined) {
        earlier.socket.write(get())
        while (earlier.heard.length === 0) await sleep(10)
      }
      await faultKind('stall')!.inject(fault, context)
      const { socket, heard } = earlier ?? dial(kind.to)
      heard.length = 0
      if (kind.ask !== '') socket.write(kind.ask)
      if (kind.halfCloses) socket.end()
      await sleep(watchedMs)
      expect(heard).toEqual([])
      await faultKind('stall')!.revert(fault, context)
      while (heard.length === 0) await sleep(10)
      expect(heard).not.toContain('data')
    })

    it('is silent to curl for as long as it lasts', async () => {
      const fault = { ...stall('x→y'), link: 'http' }
      await faultKind('stall')!.inject(fault, context)
      const seconds = String(watchedMs / 1000)
      const code = await new Promise<number>((resolve) => {
        const curl = execFile('curl', ['-s', '-m', seconds, '-H', 'Connection: close', links.http.url])
        curl.once('exit', (exit) => resolve(exit ?? -1))
        curl.once('error', () => resolve(-1))
      })
      // 28: it gave up waiting; 52 would be an empty reply, 56 a reset.
      expect(code).toBe(28)
      expect(await faultKind('stall')!.probe(fault, context)).toMatchObject({ bites: true })
      await faultKind('stall')!.revert(fault, context)
      expect(await faultKind('stall')!.probe(fault, context)).toMatchObject({ bites: false })
    })
  })
