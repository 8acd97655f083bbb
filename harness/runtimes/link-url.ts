import { spokenBy } from '../model/service.ts'
import { type LinkSpec, proxyName, type System } from '../model/system.ts'
import type { LinkAddress } from '../model/topology.ts'
import { filled } from '../placeholders.ts'

/** The superuser of every PostgreSQL started here; without a password, for nobody outside of the topology reaches it. */
export const postgresUser = 'saeol'

interface Address {
  readonly host: string
  readonly port: number
}

/** URL of a service at an address: of itself, or of a link's proxy before it. */
export function addressUrl(system: System, service: string, { host, port }: Address): string {
  const spec = system.services[service]!
  return spec.kind === 'postgres'
    ? `postgres://${postgresUser}@${host}:${port}/${spec.database}`
    : `${spokenBy(spec).protocol}://${host}:${port}`
}

/** A link as the harness reaches it. */
export function linkAddress(system: System, { name, to }: LinkSpec, at: Address): LinkAddress {
  return {
    name,
    proxy: proxyName(name),
    host: at.host,
    port: at.port,
    url: addressUrl(system, to, at),
    ...spokenBy(system.services[to]!),
  }
}

/** What the consumer of a link is told, by variable. @param at where the link listens for it */
export function linkVariables(
  system: System,
  { to, variables }: LinkSpec,
  at: Address,
): Record<string, string> {
  const places = { url: addressUrl(system, to, at), ...at }
  return Object.fromEntries(
    Object.entries(variables).map(([variable, text]) => [variable, filled(text, places)]),
  )
}
