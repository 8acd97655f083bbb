/**
 * `protected`: a service level of a user; must hold in control and treated and must deviate in untreated, else it shows
 * nothing. `mechanism`: what one measure does (the fallback opened in time); must hold in treated, does not apply where
 * that measure is off, and never counts as proof. `guard`: an invariant; must hold in every arm.
 */
export type CheckRole = 'protected' | 'mechanism' | 'guard'

/** Where something applies. What is left out makes no difference. */
export interface Where {
  /** `true`: only where the faults are injected; `false`: only where none is. */
  readonly fault?: boolean
  /** Only where this measure is on. */
  readonly measure?: string
}

/** What a check came to in one arm. `not-applicable`: this arm is not one that it speaks of ({@link CheckSpec.where}). */
export type CheckVerdict = 'holds' | 'deviates' | 'inconclusive' | 'not-applicable'

/** A check as plain data: it stands in the plan and in the journal, so that an old run can be judged again. */
export interface CheckSpec {
  /**
   * Stable name, unique in its scenario, for machines: `success-rate:official-issues-certificate`. The title may change
   * with a threshold, this does not.
   */
  readonly id: string
  /** Which judge: the file name under checks/ and the name in reports, such as `success-rate`. */
  readonly kind: string
  /** One line for people, unique in its scenario: `officials log in and issue: success ≥ 95 %`. */
  readonly title: string
  readonly role: CheckRole
  /** The arms it speaks of; default: all. A mechanism names its measure. */
  readonly where?: Where
  /** Where its minimum sample is owed (`params.atLeast`); default: wherever it applies. */
  readonly minimumWhere?: Where
  /** Journeys it reads; each must run in the scenario. */
  readonly journeys: readonly string[]
  /** Where its threshold comes from: a fact id, a source, or `† ours`. */
  readonly source: string
  readonly params: Readonly<Record<string, unknown>>
  /** Names of sabotages that must break it, for guards. */
  readonly sabotages?: readonly string[]
  /** Options it was given that nobody reads, in words: a problem of the plan. */
  readonly unread?: readonly string[]
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

/** Whether it says what the users of its journeys must get. An account counts visits too, whoever made them. */
export function isServiceLevel({ role, kind }: Pick<CheckSpec, 'role' | 'kind'>): boolean {
  return role === 'protected' && kind !== 'reckoning'
}

/** Names of the invariants whose ledgers a check reads: one, or several. */
export function invariantsOf({ params }: Pick<CheckSpec, 'params'>): readonly string[] {
  const { invariant, invariants = [] } = params as { invariant?: string; invariants?: readonly string[] }
  return typeof invariant === 'string' ? [invariant, ...invariants] : invariants
}

export interface CheckResult {
  /** {@link CheckSpec.id}. */
  readonly id: string
  readonly check: string
  readonly kind: string
  readonly role: CheckRole
  readonly verdict: CheckVerdict
  readonly evidence: Evidence | null
  /** The reason in one sentence, with the figures. */
  readonly said: string
  readonly source: string
  /** Where to look when it does not hold: requests (journey, arrival, time) and logs. */
  readonly lookAt: readonly string[]
}

/**
 * The part of an arm a check looks at: visits by intended start, relative to the planned times of acts, so that every
 * arm is judged on the same visits.
 */
export interface Window {
  /** Act or acts (first to last) it spans. */
  readonly during: string | readonly [string, string]
  /** Starts this long after the first act does, in ms. Default 0. */
  readonly afterMs?: number
  /** Ends this long before the last act does, in ms. Default 0. */
  readonly untilEndMs?: number
}
