import type { ArrivalStream } from '../model/arrivals.ts'
import type { FaultSpec, Sighting } from '../model/fault.ts'
import type { LoadRun } from '../model/load.ts'
import type { System } from '../model/system.ts'
import type { Capability, Topology } from '../model/topology.ts'

/** What a fault may use of the running arm. */
export interface FaultContext {
  readonly topology: Topology
  readonly load: LoadRun
  readonly signal: AbortSignal
  /** What faults of this arm keep between their steps; see {@link kept}. */
  readonly memory: Map<string, unknown>
}

/**
 * The value that an arm's memory has under this name; made if it is missing.
 * @param name begins with the fault's kind: `restart/lives`
 */
export function kept<T>(memory: FaultContext['memory'], name: string, make: () => T): T {
  if (!memory.has(name)) memory.set(name, make())
  return memory.get(name) as T
}

/** What a fault is checked against before anything starts. */
export type FaultySystem = Pick<System, 'links' | 'services' | 'switches'>

/** A kind of fault. `revert` is registered before `inject` is called, and must be safe to call in any state. */
export interface FaultKind {
  readonly kind: string
  /** One line for `list`. */
  readonly summary: string
  /** What it needs of a runtime. */
  readonly needs: readonly Capability[]
  /** What the user can do if a runtime lacks what the fault needs. */
  readonly otherwise?: string
  /** What is wrong with it, a sentence each. @param system whose links and switches it names */
  problems(spec: FaultSpec, system: FaultySystem): string[]
  /** Streams of arrivals that the fault adds; they start on command. */
  streams?(spec: FaultSpec): readonly ArrivalStream[]
  /**
   * Names of the toxics that the fault may put on its link's proxy. Toxiproxy's reports about them belong to the fault. A
   * toxic whose name contains the name of that proxy belongs to this fault on every proxy.
   */
  toxics?(spec: FaultSpec): readonly string[]
  /** Slow work that changes nothing, done in the baseline, so that the injection is not late. */
  prepare?(spec: FaultSpec, context: FaultContext): Promise<void>
  /** What its revert takes back, where that is less than every fault of the kind on its link or service. */
  undoes?(spec: FaultSpec): string
  inject(spec: FaultSpec, context: FaultContext): Promise<void>
  revert(spec: FaultSpec, context: FaultContext): Promise<void>
  /**
   * Independent evidence: uses the link as a client would. Called before, during and after the fault. Only a fault that
   * adds streams has none: its visits are in the journal.
   */
  probe?(spec: FaultSpec, context: FaultContext): Promise<Sighting>
}
