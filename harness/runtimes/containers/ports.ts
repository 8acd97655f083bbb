import type { System } from '../../model/system.ts'
import type { Address } from '../ground.ts'
import { leasePorts } from '../host/ports.ts'

// Within the network every container has its own ports.
export const apiPort = 8474
const firstLinkPort = 20_000
const firstServicePort = 8080
const postgresPort = 5432

/**
 * The ports of a topology's containers. This machine reaches in by ports on 127.0.0.1 alone, leased, which the engine
 * relays: this works with every engine.
 */
export interface ContainerPorts extends Disposable {
  /** Port of a service in its own container. Default: its first. */
  of(service: string, port?: string): number
  /** Port of a link's proxy in Toxiproxy's container. */
  ofLink(name: string): number
  /** Container port → port on 127.0.0.1. */
  published(container: string): ReadonlyMap<number, number>
  /** Where a container's port is reached from here. */
  at(container: string, port: number): Address
}

/** @throws HarnessError when no ports are left. */
export async function leaseContainerPorts(system: System): Promise<ContainerPorts> {
  const ofLink = (name: string): number =>
    firstLinkPort + system.links.findIndex((link) => link.name === name)
  const of = (service: string, port?: string): number => {
    const spec = system.services[service]!
    if (spec.kind !== 'node') return postgresPort
    return firstServicePort + (port === undefined ? 0 : Object.keys(spec.ports).indexOf(port))
  }
  const inside: Readonly<Record<string, readonly number[]>> = {
    toxiproxy: [apiPort, ...system.links.map(({ name }) => ofLink(name))],
    ...Object.fromEntries(
      Object.entries(system.services).map(([name, spec]) => [
        name,
        spec.kind === 'node' ? Object.keys(spec.ports).map((port) => of(name, port)) : [postgresPort],
      ]),
    ),
  }
  const lease = await leasePorts(Object.values(inside).flat().length)
  const free = lease.ports.values()
  const published = new Map(
    Object.entries(inside).map(([name, ports]) => [
      name,
      new Map(ports.map((port) => [port, free.next().value!] as const)),
    ]),
  )
  return {
    of,
    ofLink,
    published: (container) => published.get(container)!,
    at: (container, port) => ({ host: '127.0.0.1', port: published.get(container)!.get(port)! }),
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}
