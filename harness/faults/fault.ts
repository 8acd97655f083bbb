import type { LoadRun, Stream } from '../load/load.ts'
import type { Capability, Topology } from '../runtimes/runtime.ts'

/** A fault as plain data. Times are ms from the start of the fault phase. */
export interface FaultSpec {
  /** Which fault: the file name under faults/ and the name in reports, such as `stall`. */
  readonly kind: string
  /** Unique in its scenario, made from kind and target: `stall l4→gpki-a`. */
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  /** The link it is put on, for faults on links. */
  readonly link?: string
  /** The service it is done to, for faults on services. */
  readonly service?: string
  readonly params: Readonly<Record<string, unknown>>
}

/** What a probe saw through the link the fault is on. `bites: null`: the probe could not tell. */
export interface Sighting {
  readonly bites: boolean | null
  readonly said: string
  /** Address and port of each connection it made, so that what Toxiproxy says of them is not taken for a user's. */
  readonly clients?: readonly string[]
}

/** What a fault may use of the running arm. */
export interface FaultContext {
  readonly topology: Topology
  readonly load: LoadRun
  readonly signal: AbortSignal
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
  streams?(spec: FaultSpec): readonly Stream[]
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
