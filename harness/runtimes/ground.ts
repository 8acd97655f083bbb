import type { CommandService, NodeService, PostgresService } from '../model/service.ts'
import type { LinkSpec, System } from '../model/system.ts'
import type { Lives } from './lives.ts'
import type { ServiceDeath, UpOptions } from './runtime.ts'
import type { Whereabouts } from './service-environment.ts'

/**
 * Where one system comes up: on this machine as processes, on a container engine, … It holds only what differs from one
 * runtime to the next; `bringUp` does the rest. Disposing it ends whatever runs there and gives back what was provided.
 */
export interface Ground extends AsyncDisposable {
  /** Where a service is reached from here, past its links. Default: its first port, which links lead to. */
  at(service: string, port?: string): Address
  link(link: LinkSpec): LinkPlace
  /** What a service is told of where it is. @param files of `System.prepare`, by name. */
  whereabouts(service: string, files: Readonly<Record<string, string>>): Whereabouts

  /** Starts Toxiproxy; it need not be ready yet. @returns URL of its API, as it is reached from here. */
  startToxiproxy(): Promise<string>
  /** The services, likewise. Each tells `Site.lives` when it ends. */
  startPostgres(service: string, spec: PostgresService): Promise<void>
  startNode(service: string, node: NodeStart): Promise<void>
  /** Only where the runtime states the capability `command`. */
  startCommand?(service: string, command: CommandStart): Promise<void>
  /** Starts a service that has ended, as it was started first. */
  startAgain(service: string): Promise<void>

  /** Ends it without grace. */
  kill(service: string): Promise<void>
  /** Asks it to end; ends it without grace when it does not. */
  stop(service: string): Promise<void>
  pause(service: string): Promise<void>
  resume(service: string): Promise<void>
  /** What tells one life of a service from the next, in words; undefined while it does not run. */
  life(service: string): Promise<string | undefined>

  /** Resolves when everything that a running service has written so far is in its log file. */
  logged(service: string): Promise<void>
  /** Processes of this machine in whose trees everything of the ground runs; none where it runs on another machine. */
  processes(): Promise<readonly number[]>
  /** A process started elsewhere must not outlive the topology. */
  adopt(pid: number): void
  /** See `Topology.inNetworkOf`; only where services have network namespaces. */
  inNetworkOf?(service: string, argv: readonly string[]): Promise<string>
}

/**
 * Provides a ground for one system: images, ports, a network, scratch space; nothing of the system runs yet.
 * @throws HarnessError when something cannot be provided; nothing is left then.
 */
export type ProvideGround = (site: Site) => Promise<Ground>

/** What a ground is provided for. */
export interface Site {
  readonly system: System
  readonly options: UpOptions
  /** Aborted when the way up is given up: nothing may be started any more. */
  readonly signal: AbortSignal
  readonly lives: Lives
  /** File that takes a service's output, and Toxiproxy's under `toxiproxy`. */
  logFile(service: string): string
  /** Something ended that is no service, and without which nothing goes on. */
  onDeath(death: ServiceDeath): void
}

export interface Address {
  readonly host: string
  readonly port: number
}

/** The addresses of a link's proxy. */
export interface LinkPlace {
  /** Address it listens on, as Toxiproxy is told: `127.0.0.1:18001`. */
  readonly listen: string
  /** The service it leads to, as Toxiproxy reaches it. */
  readonly upstream: string
  /** Its address as it is reached from here. */
  readonly here: Address
  /** Somebody between here and the proxy accepts before the proxy does. */
  readonly relayed?: boolean
}

/** How a Node.js service is started. */
export interface NodeStart {
  readonly spec: NodeService
  readonly environment: Readonly<Record<string, string>>
  /** Files of `System.prepare`, by name, where they are on this machine. */
  readonly files: Readonly<Record<string, string>>
}

/** How a command is started. */
export interface CommandStart {
  readonly spec: CommandService
  /** Its program and arguments, with their places filled in. */
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
