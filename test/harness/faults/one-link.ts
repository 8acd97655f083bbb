import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startToxiproxyServer } from '@saeol-chaos/toxiproxy'
import type { FaultContext } from '../../../harness/faults/fault.ts'
import type { LoadRun } from '../../../harness/model/load.ts'
import type { LinkAddress, Topology } from '../../../harness/model/topology.ts'
import { connectToxiproxy } from '../../../harness/toxiproxy/connect.ts'

/** A server, a Toxiproxy with one link to it, and streams that begin on command. */
export async function startOneLink() {
  const streams = new Set<string>()
  const upstream = createServer((request, response) => {
    const bytes = Number(new URL(request.url!, 'http://x').searchParams.get('bytes') ?? 2)
    response.end('x'.repeat(bytes))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const toxiproxy = await startToxiproxyServer({ port: 0, seed: 'faults' })
  const client = connectToxiproxy(toxiproxy.url)
  const at = await client.createProxy({
    name: 'a-to-b',
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  })
  const address: LinkAddress = {
    name: 'a→b',
    proxy: 'a-to-b',
    ...at,
    url: `http://${at.host}:${at.port}`,
    protocol: 'http',
  }
  const onOneLink: FaultContext = {
    topology: {
      toxiproxy: client,
      link: () => address,
      system: { links: [{ name: 'a→b', to: 'b' }] },
    } as unknown as Topology,
    load: {
      begin: async (id: string) => void streams.add(id),
      end: async (id: string) => void streams.delete(id),
    } as unknown as LoadRun,
    signal: new AbortController().signal,
    memory: new Map(),
  }
  return {
    toxiproxy,
    address,
    /** Those that have begun and not ended. */
    streams,
    onOneLink,
    async [Symbol.asyncDispose]() {
      await toxiproxy[Symbol.asyncDispose]()
      upstream.closeAllConnections()
      upstream.close()
    },
  }
}
