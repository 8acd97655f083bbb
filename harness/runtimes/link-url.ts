import { type LinkSpec, proxyName, type System } from '../model/system.ts'
import type { LinkAddress } from '../model/topology.ts'

/** The superuser of every PostgreSQL started here; without a password, for nobody outside of the topology reaches it. */
export const postgresUser = 'saeol'

/** URL of a service at an address: of itself, or of a link's proxy before it. */
export function addressUrl(
  system: System,
  service: string,
  { host, port }: { readonly host: string; readonly port: number },
): string {
  const spec = system.services[service]!
  return spec.kind === 'postgres'
    ? `postgres://${postgresUser}@${host}:${port}/${spec.database}`
    : `http://${host}:${port}`
}

/** A link as the harness reaches it. */
export function linkAddress(
  system: System,
  { name, to }: LinkSpec,
  at: { readonly host: string; readonly port: number },
): LinkAddress {
  return {
    name,
    proxy: proxyName(name),
    host: at.host,
    port: at.port,
    url: addressUrl(system, to, at),
    protocol: system.services[to]!.kind === 'postgres' ? 'postgres' : 'http',
  }
}
