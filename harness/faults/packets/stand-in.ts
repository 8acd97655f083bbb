import type { Topology } from '../../model/topology.ts'
import type { Means } from './means.ts'

/**
 * For runtimes where packets cannot be touched: the embedded Toxiproxy's toxic `packet_loss` delays full-size segments as
 * retransmission would. It is put on every link that leads to the service.
 */
export function standIn(options: {
  readonly topology: Topology
  readonly service: string
  /** The toxic's name; it contains the proxy of the link that names the fault, on whatever proxy it stands. */
  readonly toxic: string
  readonly minBytes: number
  readonly probability: number
}): Means {
  const { topology, service, toxic: name, minBytes, probability } = options
  const { toxiproxy, system } = topology
  const proxies = system.links.filter(({ to }) => to === service).map(({ name }) => topology.link(name).proxy)
  return {
    said: `a stand-in for packets, the toxic packet_loss on ${proxies.join(', ')}`,
    async prepare() {},
    async lose() {
      const attributes = { min_bytes: minBytes, probability }
      const toxic = { name, type: 'packet_loss', stream: 'upstream', toxicity: 1, attributes } as const
      await Promise.all(proxies.map((one) => toxiproxy.addToxic(one, toxic)))
    },
    async pass() {
      await Promise.all(proxies.map((one) => toxiproxy.removeToxic(one, name)))
    },
  }
}
