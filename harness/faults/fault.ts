import type { ArrivalStream } from '../model/arrivals.ts'
import type { FaultSpec, Sighting } from '../model/fault.ts'
import type { LoadRun } from '../model/load.ts'
import type { Capability, Topology } from '../model/topology.ts'

/** What a fault may use of the running arm. */
export interface FaultContext {
  readonly topology: Topology
  readonly load: LoadRun
  readonly signal: AbortSignal
  /** What faults of this arm must know from one step to the next; see {@link kept}. */
  readonly memory: Map<string, unknown>
}

/**
 * What is kept in an arm's memory under this name, made where it is missing.
 * @param name begins with the fault's kind: `restart/lives`
 */
export function kept<T>(memory: FaultContext['memory'], name: string, make: () => T): T {
  if (!memory.has(name)) memory.set(name, make())
  return memory.get(name) as T
}

/** A kind of fault. `revert` is registered before `inject` is called, and must be safe to call in any state. */
export interface FaultKind {
  readonly kind: string
  /** One line for `list`. */
  readonly summary: string
  /** What it needs of a runtime. */
  readonly needs: readonly Capability[]
  /** What to do where a runtime cannot do what it needs. */
  readonly otherwise?: string
  problems(spec: FaultSpec): string[]
  /** Arrivals it brings along, to begin on command. */
  streams?(spec: FaultSpec): readonly ArrivalStream[]
  /**
   * Names of the toxics it may put on its link's proxy: what Toxiproxy says of these is said of the fault. One that has
   * the name of that proxy in it is the fault's on whatever proxy it stands.
   */
  toxics?(spec: FaultSpec): readonly string[]
  /** What takes its time and changes nothing, done in the baseline, so that the injection comes at its time. */
  prepare?(spec: FaultSpec, context: FaultContext): Promise<void>
  inject(spec: FaultSpec, context: FaultContext): Promise<void>
  revert(spec: FaultSpec, context: FaultContext): Promise<void>
  /** Independent evidence: looks through the link as a stranger would. Called before, during and after. */
  probe(spec: FaultSpec, context: FaultContext): Promise<Sighting>
}
