import type { Arm } from './arms.ts'
import type { CheckResult } from './check.ts'
import type { GeneratorFigures } from './load.ts'
import type { Place } from './scenario.ts'
import type { WitnessKind } from './toxics.ts'

export type Verdict = 'holds' | 'deviates' | 'inconclusive' | 'vacuous'

/** How a run or an arm came to its end. */
export type Ending = 'finished' | 'interrupted' | 'failed'

/** Evidence that is missing, or speaks against the arm itself. */
export interface Void {
  readonly kind: 'ending' | 'journal' | 'death' | 'fault' | 'generator' | 'host' | 'baseline' | 'action'
  /** In one sentence. */
  readonly said: string
  /** It comes of the machine or of chance: a second run may be without it. */
  readonly repeatHelps: boolean
}

export interface ArmResult {
  readonly arm: Arm
  /** What the scenario needs of it to hold; null: it is there to be compared with. */
  readonly expected: 'holds' | 'deviates' | null
  /** The measures that were on. */
  readonly measures: readonly string[]
  readonly verdict: 'holds' | 'deviates' | 'inconclusive'
  /** Why it was run once more, each time; empty where the first time counted. */
  readonly retries: readonly string[]
  readonly said: string
  /** One entry voids the arm. */
  readonly voids: readonly Void[]
  readonly checks: readonly CheckResult[]
  readonly faults: readonly FaultEvidence[]
  /** What operators did. */
  readonly actions: readonly ActionEvidence[]
  /** What the Toxiproxy of this arm could say itself; null where it was not asked. */
  readonly witness: WitnessKind | null
  readonly generator: GeneratorFigures | null
  readonly ending: Ending
  readonly error?: string
  readonly lookAt: readonly string[]
  /** When its network began to come up, ISO 8601; of the last time, where it was run once more. */
  readonly startedAt: string
  readonly tookMs: number
  /** Sum of the arm's planned acts, ms. */
  readonly plannedMs: number
  /** Per journey: arrivals, successes, how many came to each outcome, and which of these count as failures. */
  readonly journeys: Readonly<
    Record<
      string,
      {
        arrivals: number
        ok: number
        outcomes: Readonly<Record<string, number>>
        failures: Readonly<Record<string, number>>
        /** Of those due after the first act who succeeded, ms; null: nobody. Absent in results of older runs. */
        p95Ms?: number | null
        /** Over the arm's planned time. */
        series: Series
      }
    >
  >
}

/** One journey over time: element i is of the visits due from `i × binMs` on, ms from the arm's start. */
export interface Series {
  readonly binMs: number
  readonly arrivals: readonly number[]
  readonly ok: readonly number[]
  /** Latency of those who succeeded, ms; null where nobody did. */
  readonly p50Ms: readonly (number | null)[]
  readonly p95Ms: readonly (number | null)[]
}

/**
 * What Toxiproxy itself says of a fault. `toxics`: what the fault's toxics did, on users' connections and on those of
 * the fault's own probe. `metrics`: what its link carried while the faults were on and after, both ways, of connections
 * that are over.
 */
export type ServerEvidence =
  | {
      readonly from: 'toxics'
      readonly bittenConnections: number
      /** Of these, the probe's. */
      readonly probeConnections: number
      readonly chunks: number
      readonly bytes: number
      readonly delayedChunks: number
      readonly slicedChunks: number
      readonly answeredRequests: number
      readonly droppedBytes: number
      readonly cuts: number
      /** From the arm's start; null: nothing was bitten. */
      readonly firstBiteAtMs: number | null
    }
  | { readonly from: 'metrics'; readonly receivedBytes: number; readonly sentBytes: number }

export interface FaultEvidence {
  readonly fault: string
  readonly injectedAtMs: number | null
  readonly revertedAtMs: number | null
  /** Planned against actual, ms late. */
  readonly injectedLateMs: number | null
  readonly revertedLateMs: number | null
  readonly bit: boolean
  readonly sightings: readonly {
    readonly when: 'before' | 'during' | 'after'
    readonly bites: boolean | null
    readonly said: string
  }[]
  /** Null: there was no saying it, the fault has no toxics, or it is not heard. */
  readonly server: ServerEvidence | null
}

export interface ActionEvidence {
  readonly action: string
  /** From the arm's start; null: it was not done. */
  readonly doneAtMs: number | null
  /** Whether it was seen to have worked; null: nobody looked, as it failed or never came to it. */
  readonly seen: boolean | null
  readonly said: string
}

export interface ScenarioResult {
  readonly scenario: string
  readonly title: string
  /** The line that defines it, from the directory that the run was started in. */
  readonly definedAt?: Place
  /** Digest of its plan, wherever it is written; absent in results of older runs. */
  readonly plan?: string
  readonly facts: readonly string[]
  readonly verdict: Verdict
  /** The reason in one sentence. */
  readonly said: string
  /** Whether a second run can come to a verdict, and why; null: there is one already. */
  readonly repeat: { readonly helps: boolean; readonly said: string } | null
  /** Who saw the faults bite, in one sentence. */
  readonly standsOn: string
  /** What the measures do for users: treated beside untreated. Empty where one of the two is missing or void. */
  readonly effects: readonly Effect[]
  /** Each further arm beside untreated. Absent in results of older runs. */
  readonly beside?: readonly Effect[]
  /** Each measure by itself, as far as the arms that ran can tell. */
  readonly credits: readonly Credit[]
  readonly arms: readonly ArmResult[]
}

/** What one arm's measures do for the users of one journey, beside another arm: the same visits in both, matched. */
export interface Effect {
  readonly journey: string
  /** Who they are, in the plural: `officials`. */
  readonly users: string
  readonly with: Arm
  readonly without: Arm
  /** Visits due from the start of the fault act on that both arms had: the sum of the next four. */
  readonly visits: number
  /** Served with, not without. */
  readonly saved: number
  /** Served without, not with. */
  readonly lost: number
  readonly either: number
  readonly neither: number
  /** How many independent visits the comparison is worth: failures come in bursts. */
  readonly effective: number
  /** `saved − lost`, visits. */
  readonly difference: number
  /** 95 % interval of the difference, visits; knows that failures come in bursts. */
  readonly interval: readonly [number, number]
  /** More than chance explains (99 %). */
  readonly differs: boolean
  /** Upper end of the 95 % interval of `lost`, visits: where none was lost, how many might have been. */
  readonly lostAtMost: number
  /** Visits that only one of the two arms had; not counted above. */
  readonly unmatched: number
}

/**
 * What one measure is worth by itself. `needed`: without it a service level deviates (`breaks`); `harmful`: users are
 * lost with it who are served without it; `redundant`: nothing misses it; null: not known.
 */
export interface Credit {
  readonly measure: string
  readonly credit: 'needed' | 'redundant' | 'harmful' | null
  readonly breaks: readonly string[]
  /** With it beside without it. */
  readonly effects: readonly Effect[]
}

/** What `result.json` holds. */
export interface RunResult {
  readonly version: 2
  readonly run: string
  readonly seed: string
  readonly startedAt: string
  readonly tookMs: number
  readonly ending: Ending
  readonly runtime: string
  readonly driver: string
  readonly toxiproxy: string
  readonly verdict: Verdict
  readonly exitCode: number
  readonly scenarios: readonly ScenarioResult[]
  /** What was asked for and never begun: the run was interrupted, failed or bailed out before. */
  readonly notRun: readonly { readonly scenario: string; readonly arms: readonly Arm[] }[]
}
