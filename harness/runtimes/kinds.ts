import { serviceKinds } from '../model/service.ts'
import type { System } from '../model/system.ts'
import type { Capability } from '../model/topology.ts'
import { unknown } from '../near-miss.ts'

/** Services of a kind that there is not, in words. */
export function unknownKinds({ services }: Pick<System, 'services'>): string[] {
  return Object.entries(services)
    .filter(([, { kind }]) => !serviceKinds.includes(kind))
    .map(([service, { kind }]) => `service '${service}' is of ${unknown('kind', String(kind), serviceKinds)}`)
}

/** Services that a runtime cannot run, in words, with what to do. */
export function kindsItLacks(
  { services }: Pick<System, 'services'>,
  { runtime, capabilities }: { readonly runtime: string; readonly capabilities: ReadonlySet<Capability> },
): string[] {
  if (capabilities.has('command')) return []
  const names = Object.keys(services).filter((name) => services[name]!.kind === 'command')
  return names.map(
    (name) =>
      `service '${name}' is of kind 'command', which the runtime '${runtime}' cannot run: take '--runtime processes'`,
  )
}
