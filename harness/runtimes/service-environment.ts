import { type CommandPlace, type CommandService, commandPort, type NodeService } from '../model/service.ts'
import type { System } from '../model/system.ts'
import { filled } from '../placeholders.ts'
import { linkVariables } from './link-url.ts'
import type { UpOptions } from './runtime.ts'

/** Where a service finds itself and others, in its runtime's own terms. */
export interface Whereabouts {
  /** Address it listens on. */
  readonly host: string
  port(name: string): number
  /** Where its links listen for it. */
  link(name: string): { readonly host: string; readonly port: number }
  /** Files of `System.prepare`, at the paths where the service sees them. */
  readonly files: Readonly<Record<string, string>>
  /** Its own directory, likewise. */
  readonly scratch: string
}

/** Environment of a service, the same in every runtime: who it is, where it listens, its links, its settings, measures. */
export function serviceEnvironment(
  system: System,
  service: string,
  spec: NodeService | CommandService,
  at: Whereabouts,
  up: Pick<UpOptions, 'seed' | 'environment'>,
): Record<string, string> {
  const outgoing = system.links.filter(({ from }) => from === service)
  return {
    SERVICE_NAME: service,
    SEED: up.seed,
    ...(spec.kind === 'node' && listening(spec, at)),
    ...Object.assign({}, ...outgoing.map((link) => linkVariables(system, link, at.link(link.name)))),
    ...ownVariables(spec, at, up.seed),
    ...up.environment[service],
  }
}

/** Where a Node.js service is to listen. */
function listening({ ports }: NodeService, at: Whereabouts): Record<string, string> {
  const told = Object.entries(ports).map(([port, variable]) => [variable, String(at.port(port))])
  return { HOST: at.host, ...Object.fromEntries(told) }
}

/** What its definition says. */
function ownVariables(
  spec: NodeService | CommandService,
  at: Whereabouts,
  seed: string,
): Record<string, string> {
  if (spec.kind === 'node') return spec.environment?.({ files: at.files, seed, scratch: at.scratch }) ?? {}
  const values = placesOf(at)
  return Object.fromEntries(
    Object.entries(spec.env ?? {}).map(([variable, value]) => [variable, filled(value, values)]),
  )
}

/** The places of a command by the names that stand for them. */
export function placesOf(at: Whereabouts): Record<CommandPlace, string | number> {
  return { host: at.host, port: at.port(commandPort), scratch: at.scratch }
}
