import type { Arm } from '../model/arms.ts'
import type { Plan } from '../model/plan.ts'
import type { WitnessKind } from '../model/toxics.ts'
import type { EventOf } from './events.ts'
import type { Observations } from './observations.ts'

export type ActionEvent = EventOf<'action.done' | 'action.seen' | 'action.failed' | 'action.not-due'>

/**
 * One arm as its journal tells it, folded into columns: what checks are judged from. Times are ms from the start of
 * the arm's first act unless they are named `at`.
 */
export interface ArmRecord {
  readonly plan: Plan
  readonly arm: Arm
  readonly faultsOn: boolean
  readonly measures: readonly string[]
  /** Epoch ms: its network begins to come up. */
  readonly beganAt: number
  /** Epoch ms of the first act's start; 0 while no act has begun. */
  readonly startedAt: number
  readonly acts: readonly {
    readonly act: string
    readonly fromMs: number
    readonly toMs: number
    /** Share of the time in which the arm's threads had work that they waited for a CPU, 0 to 1; null where it is not known. */
    readonly cpuWaitShare: number | null
    /** Share of the host's CPU time in use, 0 to 1, of older journals; else null. */
    readonly hostBusy: number | null
  }[]
  readonly observations: ReadonlyMap<string, Observations>
  /** Times in which the harness itself stood still. */
  readonly standstills: readonly (EventOf<'harness.stood-still'> & { readonly ms: number })[]
  readonly injected: readonly (EventOf<'fault.injected'> & { readonly ms: number })[]
  readonly reverted: readonly (EventOf<'fault.reverted'> & { readonly ms: number })[]
  readonly actions: readonly (ActionEvent & { readonly ms: number })[]
  readonly sightings: readonly EventOf<'fault.probed'>[]
  /** Null: nobody asked the Toxiproxy, or the journal is older than that. */
  readonly witness: WitnessKind | null
  readonly bites: readonly EventOf<'toxic.bit'>[]
  readonly removals: readonly EventOf<'toxic.removed'>[]
  readonly carried: readonly EventOf<'link.carried'>[]
  readonly system: readonly (EventOf<'system'> & { readonly ms: number })[]
  readonly invariants: ReadonlyMap<string, EventOf<'invariant'>>
  readonly generator: EventOf<'generator'> | null
  readonly deaths: readonly EventOf<'service.died'>[]
  /** Lines of the journal that could not be read and lie among this arm's. */
  readonly damagedLines: readonly number[]
  readonly ended: EventOf<'arm.ended'> | null
}
