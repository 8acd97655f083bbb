import type { System } from '../../model/system.ts'
import type { Address } from '../ground.ts'
import { leasePorts } from '../host/ports.ts'

/** Where every child listens. */
export const host = '127.0.0.1'

/** Addresses of everything, leased before anything starts. */
export interface Addresses extends Disposable {
  readonly toxiproxy: Address
  /** Default: the service's first port. */
  of(service: string, port?: string): Address
  ofLink(name: string): Address
}

/** @throws HarnessError when no ports are left. */
export async function leaseAddresses(system: System): Promise<Addresses> {
  const portsOf = (service: string): string[] => {
    const spec = system.services[service]!
    return spec.kind === 'node' ? Object.keys(spec.ports) : ['main']
  }
  const keys = [
    'toxiproxy',
    ...Object.keys(system.services).flatMap((service) =>
      portsOf(service).map((port) => `${service}/${port}`),
    ),
    ...system.links.map(({ name }) => `link ${name}`),
  ]
  const lease = await leasePorts(keys.length)
  const addresses = new Map(keys.map((key, i) => [key, { host, port: lease.ports[i]! }]))
  return {
    toxiproxy: addresses.get('toxiproxy')!,
    of: (service, port = portsOf(service)[0]!) => addresses.get(`${service}/${port}`)!,
    ofLink: (name) => addresses.get(`link ${name}`)!,
    [Symbol.dispose]: () => lease[Symbol.dispose](),
  }
}
