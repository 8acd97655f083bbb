import type { Spoken } from './service.ts'
import type { RunningSystem, System } from './system.ts'
import type { ToxiproxyClient } from './toxics.ts'

/** Everything that a runtime may be able to do; none need do all of it. */
export const allCapabilities = ['links', 'kill', 'pause', 'packet-loss', 'command'] as const

/**
 * What a runtime can do to its services beyond links, and which it can run. `packet-loss`: large packets are lost on a link, for real in the
 * target's network namespace (`Topology.inNetworkOf`), else by a stand-in on the link's proxy. `command`: it runs services
 * of that kind.
 */
export type Capability = (typeof allCapabilities)[number]

/** A system that is up. Disposing tears it down and leaves nothing behind but logs. */
export interface Topology extends AsyncDisposable, RunningSystem {
  readonly system: System
  readonly toxiproxy: ToxiproxyClient
  /** Where a link listens: what its consumer was told. */
  link(name: string): LinkAddress
  /** Reads what services logged until now, so that no event is missed at the end of an arm. */
  flushEvents(): Promise<void>
  /** Registers a process to be reaped with the topology. */
  adopt(pid: number): void
  /** How long what runs for this topology on this machine, adopted processes included, waits for a CPU from now on. */
  watchCpuWait(): Promise<() => Promise<CpuWait | undefined>>
  /** What `kill` and `pause` do; there where the runtime states these capabilities. */
  readonly control?: ServiceControl
  /**
   * Runs a command as network administrator in the network namespace of a service, or of `toxiproxy`; only where the
   * runtime has namespaces. @returns its standard output. @throws HarnessError with its standard error.
   */
  inNetworkOf?(service: string, argv: readonly string[]): Promise<string>
}

/** Time of all threads together, ms. `waitedMs`: they could have run, and had no CPU. */
export interface CpuWait {
  readonly ranMs: number
  readonly waitedMs: number
}

/** What can be done to a running service. None of it counts as a death that nobody asked for. */
export interface ServiceControl {
  /** Ends it without grace. */
  kill(service: string): Promise<void>
  /** Asks it to end; without grace when it does not. */
  stop(service: string): Promise<void>
  /**
   * Starts it again where its links lead, with the same environment; resolves once its own health says so. Nothing is
   * done to one that runs. @throws HarnessError when it does not become ready.
   */
  start(service: string): Promise<void>
  /** Freezes it: its sockets stay open, and nothing answers. */
  pause(service: string): Promise<void>
  resume(service: string): Promise<void>
  /** What tells one life of a service from the next, in words; undefined while it does not run. */
  life(service: string): Promise<string | undefined>
}

export interface LinkAddress extends Spoken {
  readonly name: string
  /** Proxy's name in Toxiproxy (ASCII). */
  readonly proxy: string
  readonly host: string
  readonly port: number
  /** As the harness reaches it; where services have a network of their own, their consumers are told another. */
  readonly url: string
  /** Somebody between the harness and the proxy accepts before the proxy does, and closes when it refuses. */
  readonly relayed?: boolean
}
