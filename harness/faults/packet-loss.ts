import type { FaultSpec, FaultTimes, WrittenFault } from '../model/fault.ts'
import { proxyName } from '../model/system.ts'
import type { FaultContext, FaultKind } from './fault.ts'
import { linkOf, numberOf, numberProblem, onLink, toxicPrefix, unseenProblem } from './on-link.ts'
import { inNamespace } from './packets/in-namespace.ts'
import type { Means } from './packets/means.ts'
import { standIn } from './packets/stand-in.ts'
import { roundTrip, tellTrip } from './probe.ts'

/** A packet without data, and a short question, must get through: below this nothing could be told from a cut, bytes. */
const smallestLimitBytes = 200
/** A question of `minBytes` less this is a packet below the limit whatever its headers, bytes. */
const headroomBytes = 100
/** A large question is so many full-size packets long: the chance that none of them waits for a timeout is slight. */
const largePackets = { few: 4, many: 6 }
const fullSizeBytes = 1448
/** How long a probe waits, ms: longer than the first two retransmission timeouts. */
const patienceMs = 700
/** TCP's shortest retransmission timeout is 200 ms: what comes so much later was sent again, ms. */
const sentAgainMs = 180

/**
 * Packets of `minBytes` and more, headers included, are lost with `probability` on their way to the service a link leads
 * to: the damaged router port of November 2023 (T13, F1). What is small passes, so shallow health stays green. A port is
 * one for all who come through it: every link to the same port of that service loses packets, and nothing else.
 *
 * Real packets where the runtime has network namespaces; else a stand-in by the embedded Toxiproxy, which delays them as
 * retransmission would. Each probe says which.
 */
export function packetLoss(
  link: string,
  options: FaultTimes & {
    /** Default 1500: full-size packets. */
    minBytes?: number
    /** Default 0.9 (T13). From 0.5 on: one look cannot tell a smaller loss from none. */
    probability?: number
  } = {},
): WrittenFault {
  const { minBytes = 1500, probability = 0.9 } = options
  return onLink('packet-loss', link, options, { minBytes, probability }, ['minBytes', 'probability'])
}

export const packetLossKind: FaultKind = {
  kind: 'packet-loss',
  summary: 'large packets to a service are lost, small ones pass: a grey failure',
  needs: ['links', 'packet-loss'],
  otherwise:
    "a real Toxiproxy sees no packets; leave '--toxiproxy path' away for the stand-in of the embedded one, or take '--runtime containers' where it can lose packets ('saeol-chaos doctor' tells)",
  problems: (spec, system) => [
    ...unseenProblem(spec, system, 'a long question'),
    ...numberProblem(spec, 'minBytes', { atLeast: smallestLimitBytes, atMost: 65_535 }),
    ...numberProblem(spec, 'probability', { atLeast: 0.5, atMost: 1 }),
  ],
  toxics: (spec) => [standInToxic(spec)],
  prepare: (spec, context) => meansOf(spec, context).prepare(),
  inject: (spec, context) => meansOf(spec, context).lose(),
  revert: (spec, context) => meansOf(spec, context).pass(),
  /** Two questions at once, so that what holds up the host holds up both: only the large one may be late. */
  async probe(spec, context) {
    const link = linkOf(spec, context)
    const { minBytes, probability } = lossOf(spec)
    const smallBytes = minBytes - headroomBytes
    const packets = probability < 0.8 ? largePackets.many : largePackets.few
    const largeBytes = packets * Math.max(fullSizeBytes, minBytes)
    const ask = (requestBytes: number) => roundTrip(link, patienceMs, context.signal, { requestBytes })
    const [small, large] = await Promise.all([ask(smallBytes), ask(largeBytes)])
    const late = large.answered ? large.tookMs >= small.tookMs + sentAgainMs : large.how === 'silent'
    return {
      bites: small.answered && late,
      said:
        `probe through ${link.name}: ${smallBytes} bytes ${tellTrip(small)}, ${largeBytes} bytes ${tellTrip(large)} ` +
        `(${meansOf(spec, context).said})`,
      clients: [small, large].flatMap(({ client }) => client ?? []),
    }
  },
}

function meansOf(spec: FaultSpec, context: FaultContext): Means {
  const { topology, memory } = context
  const { proxy } = linkOf(spec, context)
  const service = topology.system.links.find(({ name }) => name === spec.link)!.to
  const options = {
    topology,
    memory,
    fault: spec.id,
    service,
    proxy,
    toxic: standInToxic(spec),
    ...lossOf(spec),
  }
  return topology.inNetworkOf === undefined ? standIn(options) : inNamespace(options)
}

/** Its name says whose it is: it stands on every proxy that leads to the service. */
function standInToxic(spec: FaultSpec): string {
  return `${toxicPrefix(spec)}-${proxyName(spec.link!)}`
}

function lossOf(spec: FaultSpec): { minBytes: number; probability: number } {
  return { minBytes: numberOf(spec, 'minBytes'), probability: numberOf(spec, 'probability') }
}
