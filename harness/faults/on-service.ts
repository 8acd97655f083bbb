import { HarnessError } from '../errors.ts'
import type { FaultSpec, FaultTimes, Sighting, WrittenFault } from '../model/fault.ts'
import { listens, spokenBy } from '../model/service.ts'
import type { LinkAddress, ServiceControl, Topology } from '../model/topology.ts'
import type { FaultContext, FaultySystem } from './fault.ts'
import { timed } from './on-link.ts'
import { type RoundTrip, roundTrip, tell } from './probe.ts'

/** How long a probe waits before it calls a service silent, ms. */
const patienceMs = 600

/** A fault on a service as data. */
export function onService(kind: string, service: string, times: FaultTimes): WrittenFault {
  return { kind, ...timed(`${kind} ${service}`, times), service, params: {} }
}

export function controlOf({ topology }: FaultContext): ServiceControl {
  if (topology.control === undefined) throw new HarnessError('this runtime cannot control its services')
  return topology.control
}

/**
 * One look at a fault's service as its consumers see it: through a link that leads to it. One that no link leads to is
 * looked at itself.
 */
export async function lookAtService(
  spec: FaultSpec,
  { topology, signal }: FaultContext,
  bites: (trip: RoundTrip) => boolean,
): Promise<Sighting> {
  const service = spec.service!
  const through = topology.system.links.find(({ to }) => to === service)
  const at = through === undefined ? itself(service, topology) : topology.link(through.name)
  const trip = await roundTrip(at, patienceMs, signal)
  const clients = trip.client === undefined ? [] : [trip.client]
  return { bites: bites(trip), said: tell(at, trip), clients }
}

/** The problem with a fault on a service that listens nowhere: nobody would see it bite. */
export function unheardProblem({ id, service }: FaultSpec, { services }: FaultySystem): string[] {
  const spec = services[service!]
  return spec === undefined || listens(spec)
    ? []
    : [`fault '${id}' would bite unseen: '${service}' listens nowhere; a restart of it can be seen`]
}

function itself(service: string, { direct, system }: Topology): LinkAddress {
  const url = direct(service)
  const { hostname, port } = new URL(url)
  return {
    name: service,
    proxy: '',
    host: hostname,
    port: Number(port),
    url,
    ...spokenBy(system.services[service]!),
  }
}
