/** What one run at one value of the knob showed of one arm. */
export interface Tried {
  readonly value: number
  /** Ids of the service levels that held, and that deviated; the others could not be decided. */
  readonly held: readonly string[]
  readonly deviated: readonly string[]
  /** Why it does not count, in words: its arm is void, or the plan refuses the value. */
  readonly isVoid?: string
}

/** How far one service level holds. */
export interface BreakingPoint {
  readonly id: string
  readonly check: string
  /** It is seen to hold up to here; null: nowhere that was tried. */
  readonly holdsTo: number | null
  /** It is seen to deviate from here on; null: nowhere that was tried. */
  readonly deviatesFrom: number | null
}

/** How far one arm holds: with the measures (`treated`), or without (`untreated`). */
export interface ArmEnvelope {
  readonly arm: 'treated' | 'untreated'
  readonly tried: readonly Tried[]
  /** The first to break first. */
  readonly checks: readonly BreakingPoint[]
  /** Where the first of them breaks: between these two. */
  readonly holdsTo: number | null
  readonly deviatesFrom: number | null
}

/** What `envelope` writes. */
export interface Envelope {
  readonly version: 1
  readonly scenario: string
  readonly knob: string
  readonly type: 'rate' | 'duration' | 'number'
  readonly seed: string
  readonly arms: readonly ArmEnvelope[]
}
