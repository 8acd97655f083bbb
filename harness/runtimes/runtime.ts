import type { System } from '../model/system.ts'
import type { Capability, Topology } from '../model/topology.ts'

/** Where a topology's services can run. */
export interface Runtime {
  readonly name: 'processes' | 'containers'
  readonly capabilities: ReadonlySet<Capability>
  /** Brings the system up, leaf first; ready when every service's own health says so. @throws HarnessError naming service and log. */
  up(system: System, options: UpOptions): Promise<Topology>
}

export interface UpOptions {
  readonly seed: string
  /** Names of the system's sabotages that are on, for what is prepared; default: none. */
  readonly sabotages?: readonly string[]
  /** Extra environment by service: measures and sabotage. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** One log file per service is written here; always kept. */
  readonly logDir: string
  readonly signal: AbortSignal
  /** What takes its time on the way up, for people. */
  progress?(message: string): void
  /** What is left after the teardown through no fault of anybody who uses the system, for people. */
  left?(message: string): void
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
