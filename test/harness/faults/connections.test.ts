/** Each fault on a link through every kind of connection that users have, on every Toxiproxy. */
import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import { faultKind, faultKinds } from '../../../harness/faults/index.ts'
import { stall } from '../../../harness/index.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { LinkAddress, Topology } from '../../../harness/model/topology.ts'
import { connectToxiproxy } from '../../../harness/toxiproxy/connect.ts'
import { type Subject, subjects } from '../../../packages/toxiproxy/test/conformance/subjects.ts'
import { describeWith } from '../../needs.ts'
import { casesOn, look, rows, watchedMs } from './connections.ts'
import { plannedFault } from './planned-fault.ts'

const needsOf = ({ missing }: Subject) => ({ missing, promisedBy: 'CI_REQUIRE_TOXIPROXY' })

it('has a row for every fault on a link', () => {
  const onLinks = faultKinds.filter(({ needs }) =>
    needs.some((need) => ['links', 'packet-loss'].includes(need)),
  )
  expect(Object.keys(rows).toSorted()).toEqual(onLinks.map(({ kind }) => kind).toSorted())
})

for (const subject of subjects)
  describeWith(`on ${subject.name}`, needsOf(subject), () => {
    const undo = new AsyncDisposableStack()
    let upstreams: { http: Server; tcp: TcpServer }
    let toxiproxy: Topology['toxiproxy']
    let links = 0

    beforeAll(async () => {
      // It closes what is idle, as servers do: through a stalled link that must not be heard.
      const http = createServer({ keepAliveTimeout: 400 }, (request, response) =>
        response.end('x'.repeat(Number(new URL(request.url!, 'http://x').searchParams.get('bytes') ?? 2))),
      )
      const tcp = createTcpServer((socket) => {
        socket.on('error', () => {})
        socket.end('x'.repeat(30_000))
      })
      upstreams = { http, tcp }
      for (const server of [http, tcp]) {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
        undo.defer(() => void server.close())
      }
      toxiproxy = connectToxiproxy(undo.use(await subject.start()).url)
    })
    afterAll(() => undo.disposeAsync())

    /** A link of its own, so that tests can go on side by side, and a fault on it. */
    async function onOwnLink(to: 'http' | 'tcp', specOf: (link: string) => FaultSpec) {
      const name = `link-${links++}`
      const upstream = `127.0.0.1:${(upstreams[to].address() as AddressInfo).port}`
      const at = await toxiproxy.createProxy({ name, listen: '127.0.0.1:0', upstream })
      const link: LinkAddress = {
        name,
        proxy: name,
        ...at,
        url: `http://${at.host}:${at.port}`,
        protocol: 'http',
      }
      const context: FaultContext = {
        topology: {
          toxiproxy,
          link: () => link,
          system: { links: [{ name, to }] },
        } as unknown as Topology,
        load: {} as FaultContext['load'],
        signal: new AbortController().signal,
        memory: new Map(),
      }
      const spec = { ...specOf('x→y'), link: name }
      const kind = faultKind(spec.kind)!
      return {
        link,
        inject: () => kind.inject(spec, context),
        revert: () => kind.revert(spec, context),
        probe: () => kind.probe!(spec, context),
      }
    }

    const cases = casesOn({ real: subject.asUpstream, embedded: subject.name === 'ours' })
    it.concurrent.each(cases)('$fault: $is', async ({ row, kind }) => {
      const { link, ...fault } = await onOwnLink(kind.to, row.fault)
      await look(row, kind, link, fault, subject.asUpstream)
    })

    it('a stalled link is silent to curl for as long as it lasts', async () => {
      const { link, inject, revert, probe } = await onOwnLink('http', () => plannedFault(stall('x→y')))
      await inject()
      const seconds = String(watchedMs / 1000)
      const code = await new Promise<number>((resolve) => {
        const curl = execFile('curl', ['-s', '-m', seconds, '-H', 'Connection: close', link.url])
        curl.once('exit', (exit) => resolve(exit ?? -1))
        curl.once('error', () => resolve(-1))
      })
      // 28: it gave up waiting; 52 would be an empty reply, 56 a reset.
      expect(code).toBe(28)
      expect(await probe()).toMatchObject({ bites: true })
      await revert()
      expect(await probe()).toMatchObject({ bites: false })
    })
  })
