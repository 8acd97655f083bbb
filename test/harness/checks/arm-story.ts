/** What happens in an arm of the tests, and the plan that it follows. */
import type { EventOf } from '../../../harness/journal/events.ts'
import { actsInTurn } from '../../../harness/model/acts.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import type { CheckSpec } from '../../../harness/model/check.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import type { GeneratorFigures } from '../../../harness/model/load.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { ToxicTotals } from '../../../harness/model/toxics.ts'

/** Visits at even gaps, all alike; several of these make an arm's load. Times are ms from the arm's start. */
export interface Visits {
  readonly journey: string
  /** The stream of arrivals; default: the journey's steady one. */
  readonly stream?: string
  readonly fromMs?: number
  readonly toMs?: number
  readonly everyMs?: number
  readonly outcome?: string
  readonly ok?: boolean
  readonly tookMs?: number
  readonly steps?: Readonly<Record<string, number>>
  /** Each visit takes something home, named by this and its number. */
  readonly took?: string
}

/** An arm written by hand: what is not said is what a healthy, finished arm shows. */
export interface ArmStory {
  readonly arm?: Arm
  readonly visits?: readonly Visits[]
  /** System events at ms from the arm's start. */
  readonly system?: readonly { readonly event: string; readonly ms: number }[]
  /** Actions that were done, at ms from the arm's start. */
  readonly actions?: readonly { readonly action: string; readonly ms: number }[]
  /** Actions that failed, and that were not seen to work, with what was said of them. */
  readonly failed?: Readonly<Record<string, string>>
  readonly unseen?: Readonly<Record<string, string>>
  readonly invariants?: readonly Partial<EventOf<'invariant'>>[]
  readonly generator?: Partial<GeneratorFigures> | null
  readonly injectedMs?: number | null
  readonly revertedMs?: number | null
  readonly sightings?: readonly Pick<EventOf<'fault.probed'>, 'when' | 'bites'>[]
  /** What the Toxiproxy says of the fault; it is not asked unless it is said. */
  readonly witness?: Witnessed
  readonly deaths?: readonly Pick<EventOf<'service.died'>, 'service' | 'code' | 'signal' | 'log'>[]
  readonly ended?: Partial<EventOf<'arm.ended'>> | null
  /** Acts it came to; all three unless it is said. */
  readonly acts?: number
  /** Share of the time with work in which a CPU was waited for, in each act; not told when not given. */
  readonly cpuWaitShare?: number
  /** The same of an older journal: share of the host's CPU time in use. */
  readonly hostBusy?: number
  /** How long the harness stood still in the fault, ms. */
  readonly stoodStillMs?: number
}

/** `bitten`: clients whose connections the fault's toxic bit; the probe's is `probe`. */
export type Witnessed =
  | {
      readonly kind: 'events'
      readonly bitten: readonly string[]
      readonly totals?: Partial<ToxicTotals> | null
      /** Of these bites nothing was heard. */
      readonly missed?: readonly string[]
    }
  | { readonly kind: 'metrics'; readonly carried?: { readonly before: number; readonly after: number } }
  | { readonly kind: 'none' }

export const epoch = Date.UTC(2023, 10, 17, 8, 40)

/** Baseline to 2 s, fault to 6 s, recovery to 10 s. */
export const acts = actsInTurn({ baseline: 2000, fault: 4000, recovery: 4000 })

export const faultFromMs = 2000

export const faultToMs = 6000

export const armEndMs = 10_000

export const stall: FaultSpec = {
  kind: 'stall',
  id: 'stall saeol→l4',
  fromMs: faultFromMs,
  toMs: faultToMs,
  link: 'saeol→l4',
  params: {},
}

export const counter = 'visitor-at-counter'

export const notices = 'official-reads-notices'

export function planOf(checks: readonly CheckSpec[], differing: Partial<Plan> = {}): Plan {
  const plan: Plan = {
    scenario: '17-nov-gpki-stall',
    title: '17 Nov 08:40 — GPKI accepts connections and never answers',
    facts: ['T2', 'F4'],
    system: 'administrative-network',
    knobs: {},
    acts,
    load: [{ journey: counter, perSecond: [20, 20], process: 'regular' }],
    faults: [stall],
    actions: [],
    measures: [{ name: 'password-fallback', params: {} }],
    without: [],
    faultsOn: true,
    checks,
    baselineAtLeast: 0.9,
    ...differing,
  }
  // As makePlan does.
  return plan.faultsOn ? plan : { ...plan, faults: [] }
}

/** Twenty visits a second, all of them well, from start to end. */
export const wellThroughout: Visits = { journey: counter }
