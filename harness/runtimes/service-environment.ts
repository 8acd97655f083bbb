import type { NodeService, System } from '../model/system.ts'
import { addressUrl } from './link-url.ts'
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
  spec: NodeService,
  at: Whereabouts,
  up: Pick<UpOptions, 'seed' | 'environment'>,
): Record<string, string> {
  const outgoing = system.links.filter(({ from }) => from === service)
  return {
    TZ: process.env.TZ ?? 'Asia/Seoul',
    SERVICE_NAME: service,
    SEED: up.seed,
    HOST: at.host,
    ...Object.fromEntries(
      Object.entries(spec.ports).map(([port, variable]) => [variable, String(at.port(port))]),
    ),
    ...Object.fromEntries(
      outgoing.map(({ name, to, variable }) => [variable!, addressUrl(system, to, at.link(name))]),
    ),
    ...spec.environment?.({ files: at.files, seed: up.seed, scratch: at.scratch }),
    ...up.environment[service],
  }
}
