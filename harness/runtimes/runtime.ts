import type { System } from '../experiment/system.ts'
import type { ToxiproxyClient } from '../toxiproxy/client.ts'

/** What a runtime can do to its services beyond links. */
export type Capability = 'links' | 'kill' | 'pause' | 'packets'

/** Where a topology's services can run. */
export interface Runtime {
  readonly name: 'processes' | 'containers' | 'attached'
  readonly capabilities: ReadonlySet<Capability>
  /** Brings the system up, leaf first; ready when every service's own health says so. @throws HarnessError naming service and log. */
  up(system: System, options: UpOptions): Promise<Topology>
}

export interface UpOptions {
  readonly seed: string
  /** Extra environment by service: measures and sabotage. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** One log file per service is written here; kept whatever happens. */
  readonly logDir: string
  readonly signal: AbortSignal
  /** Each log line that carries an `event` field, as it happens. */
  onSystemEvent(event: SystemEvent): void
  /** A service ended that nobody stopped. */
  onDeath(death: ServiceDeath): void
}

export interface SystemEvent {
  readonly at: number
  readonly service: string
  readonly event: string
  readonly facts: Record<string, unknown>
}

export interface ServiceDeath {
  readonly service: string
  readonly code: number | null
  readonly signal: string | null
  readonly log: string
}

/** A system that is up. Disposing tears it down and leaves nothing behind but logs. */
export interface Topology extends AsyncDisposable {
  readonly system: System
  readonly toxiproxy: ToxiproxyClient
  /** Address of a service itself, past its links: for health, readers and people. */
  direct(service: string, port?: string): string
  /** Where a link listens: what its consumer was told. */
  link(name: string): LinkAddress
  /** Files made by `System.prepare`. */
  readonly files: Readonly<Record<string, string>>
  /** Reads what services logged until now, so that no event is missed at the end of an arm. */
  flushEvents(): Promise<void>
  /** Registers a process to be reaped with the topology. */
  adopt(pid: number): void
}

export interface LinkAddress {
  readonly name: string
  /** Proxy's name in Toxiproxy (ASCII). */
  readonly proxy: string
  readonly host: string
  readonly port: number
  /** As the consumer's environment variable holds it. */
  readonly url: string
  readonly protocol: 'http' | 'postgres'
}
