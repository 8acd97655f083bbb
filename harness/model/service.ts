export type ServiceSpec = (NodeService | PostgresService | CommandService) & {
  /** It runs only in scenarios that name it (`services`), and so do its links; default: in all. */
  readonly optional?: true
}

/** The kinds of services, as `kind` names them. */
export const serviceKinds = ['node', 'postgres', 'command'] as const

/** A Node.js process; TypeScript is stripped, not built. */
export interface NodeService {
  readonly kind: 'node'
  /** File URL of its entry. */
  readonly module: string
  /** Port name → environment variable it is told by. The first is the one links lead to. */
  readonly ports: Readonly<Record<string, string>>
  /**
   * Where its own health is asked for readiness: path on a port (default: the first), and the status that means ready
   * (default: 200 to 299).
   */
  readonly health: { readonly path: string; readonly port?: string; readonly status?: number }
  /** `scratch` is a directory of its own that lives as long as the topology. */
  environment?(context: {
    files: Readonly<Record<string, string>>
    seed: string
    scratch: string
  }): Record<string, string>
}

/** A PostgreSQL server with one fresh, empty database. */
export interface PostgresService {
  readonly kind: 'postgres'
  readonly database: string
}

/**
 * Any program, in whatever language; in `processes` only. In `argv` and in the values of `env`, `{host}` and `{port}` stand
 * for where it is to listen, and `{scratch}` for a directory of its own that lives as long as the topology.
 * @example { kind: 'command', argv: ['flask', '--app', 'shop', 'run', '--port', '{port}'], ready: { path: '/' } }
 * @example { kind: 'command', argv: ['java', '-jar', 'shop.jar'], env: { SERVER_PORT: '{port}' }, ready: 'tcp' }
 */
export interface CommandService {
  readonly kind: 'command'
  /** The program, on PATH or seen from `cwd`, and its arguments; no shell reads them. It must stay in the foreground. */
  readonly argv: readonly string[]
  /** Directory it is started in, seen from the project's root, which is the default. */
  readonly cwd?: string
  /** Variables that it is given. */
  readonly env?: Readonly<Record<string, string>>
  /** Names of more variables of whoever starts the run, beside those that every service gets (PATH, HOME, LANG and such). */
  readonly inherit?: readonly string[]
  readonly ready: Ready
  /** What links to it carry; default: `http` where `ready` asks a path, `redis` where it asks that. */
  readonly speaks?: (typeof commandProtocols)[number]
  /**
   * Of `tcp`: what a client may say first, and is answered: `version\r\n` for memcached, '' where the server speaks first.
   * Without it a probe can only connect, and most faults would bite unseen.
   */
  readonly ask?: string
  /** What asks it to end; default: SIGTERM. */
  readonly stopSignal?: (typeof stopSignals)[number]
  /** How long it may take to end before it is killed, ms; default: 1500. */
  readonly stopWithinMs?: number
}

/**
 * When a command is ready: it answers a GET of `path` with `status` (default: 200 to 299), it accepts connections
 * (`tcp`), it answers PING with PONG (`redis`), or its output has a line with this text, or one that this expression
 * matches.
 */
export type Ready =
  | { readonly path: string; readonly status?: number }
  | { readonly log: string | RegExp }
  | 'tcp'
  | 'redis'

/** Signals that may ask a command to end. */
export const stopSignals = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
  'SIGKILL',
] as const

/** What may stand in braces in `argv` and `env` of a command. */
export const commandPlaces = ['host', 'port', 'scratch'] as const
export type CommandPlace = (typeof commandPlaces)[number]

/** The only port of a command. */
export const commandPort = 'main'

/** What is spoken on a link. */
export type Protocol = 'http' | 'postgres' | 'redis' | 'tcp'

/** What a command may speak. */
export const commandProtocols = ['http', 'redis', 'tcp'] as const satisfies readonly Protocol[]

/** What a service speaks, and what it answers where its protocol does not say. */
export interface Spoken {
  readonly protocol: Protocol
  /** See {@link CommandService.ask}. */
  readonly ask?: string
}

export function spokenBy(spec: ServiceSpec): Spoken {
  if (spec.kind !== 'command') return { protocol: spec.kind === 'postgres' ? 'postgres' : 'http' }
  // What is malformed the plan tells.
  const said = commandProtocols.find((one) => one === spec.speaks)
  const protocol = said ?? (spec.ready === 'redis' ? 'redis' : 'http')
  return { protocol, ...(spec.ask !== undefined && { ask: spec.ask }) }
}

/** Whether a service can be asked at a port: a command that is told none works by itself. */
export function listens(spec: ServiceSpec): boolean {
  if (spec.kind !== 'command') return true
  // What is malformed the plan tells.
  const texts = [...(spec.argv ?? []), ...Object.values(spec.env ?? {})]
  return texts.some((text) => String(text).includes('{port}'))
}
