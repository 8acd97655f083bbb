import type { PhaseName } from '../experiment/phases.ts'

/**
 * `protected`: a service level; must hold in control and treated and must deviate in untreated, else it shows nothing.
 * `guard`: an invariant; must hold in every arm.
 */
export type CheckRole = 'protected' | 'guard'

/** What a check came to in one arm. `not-applicable`: it speaks of the fault, and this arm has none. */
export type CheckVerdict = 'holds' | 'deviates' | 'inconclusive' | 'not-applicable'

/** A check as plain data: it stands in the plan and in the journal, so that an old run can be judged again. */
export interface CheckSpec {
  /** Which judge: the file name under checks/ and the name in reports, such as `success-rate`. */
  readonly kind: string
  /** One line for people, unique in its scenario: `officials log in and issue: success ≥ 95 %`. */
  readonly title: string
  readonly role: CheckRole
  /** Journeys it reads; each must run in the scenario. */
  readonly journeys: readonly string[]
  /** Where its threshold comes from: a fact id, a source, or `† ours`. */
  readonly source: string
  readonly params: Readonly<Record<string, unknown>>
  /** Names of sabotages that must break it, for guards. */
  readonly sabotages?: readonly string[]
}

/** The evidence behind a verdict. Estimate, interval and threshold are in `unit`. */
export interface Evidence {
  /** Sample size. */
  readonly n: number
  /** As many independent samples would tell as much; failures come in bursts. Left out where bursts are not looked at. */
  readonly effective?: number
  readonly unit: 'share' | 'ms' | 'count' | 'per second'
  readonly estimate: number | null
  /** 95 % interval, ends included; `null` for an end that the sample cannot bound. */
  readonly interval: readonly [number | null, number | null] | null
  readonly threshold: number
  /** Which side of the threshold is good. */
  readonly good: 'at least' | 'at most'
  /** With this sample, the smallest distance from the threshold that would have been seen. */
  readonly smallestDetectable: number | null
  /** Where inconclusive: the sample size that would decide, were the estimate right. */
  readonly samplesToDecide?: number
}

export interface CheckResult {
  readonly check: string
  readonly kind: string
  /** The role it had in this arm: a check of the fault is a guard where there is none. */
  readonly role: CheckRole
  readonly verdict: CheckVerdict
  readonly evidence: Evidence | null
  /** The reason in one sentence, with the figures. */
  readonly said: string
  readonly source: string
  /** Where to look when it does not hold: requests (journey, arrival, time) and logs. */
  readonly lookAt: readonly string[]
}

/** The part of an arm a check looks at: by intended start, relative to phases. */
export interface Window {
  /** Phase or phases (first to last) it spans. */
  readonly during: PhaseName | readonly [PhaseName, PhaseName]
  /** Starts this long after the first phase does, in ms. Default 0. */
  readonly afterMs?: number
  /** Ends this long before the last phase does, in ms. Default 0. */
  readonly untilEndMs?: number
  /** Starts no earlier than `graceMs` after this system event's first time in the window; without it, as ever. */
  readonly afterEvent?: string
  readonly graceMs?: number
}
