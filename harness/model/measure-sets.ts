import type { Arm } from './arms.ts'

/** Which sets of measures are compared. */
export const designs = ['full', 'one-out', 'one-in'] as const
export type Design = (typeof designs)[number]

/** Mean over the seeds with its 95 % interval; null interval: one seed does not tell how seeds scatter. */
export interface OverSeeds {
  readonly mean: number
  readonly interval: readonly [number, number] | null
}

/** One set of measures, over all seeds in which its arm counted. */
export interface MeasureSet {
  readonly measures: readonly string[]
  readonly arm: Arm
  /** Seeds in which it counted. */
  readonly seeds: readonly string[]
  /** Why it did not count in the others, by seed. */
  readonly voids: Readonly<Record<string, string>>
  /** Seeds in which every service level and every guard held. */
  readonly heldIn: readonly string[]
  /** Titles of the service levels and guards that deviated in some seed. */
  readonly breaks: readonly string[]
  /** Visits a run that were served, of those that a service level speaks of; null: it counted in no seed. */
  readonly served: OverSeeds | null
  /** Visits a run, of the same. */
  readonly visits: number
  /** Served with it and not without any measure, and the other way round; visits a run. */
  readonly saved: number
  readonly lost: number
  /** Of the slowest of these journeys, ms, of those who were served; null: nobody was. */
  readonly p95Ms: OverSeeds | null
  /** A set that serves more or is faster, beyond what chance explains, and is no worse in the other; null: none. */
  readonly dominatedBy: readonly string[] | null
}

/** What a measure adds to the visits served a run, averaged over the sets of the others. */
export interface MainEffect {
  readonly measure: string
  readonly visits: OverSeeds
}

/** How much more two measures do together than the two by themselves, visits served a run, averaged likewise. */
export interface Interaction {
  readonly measures: readonly [string, string]
  readonly visits: OverSeeds
}

/** What `compare <scenario>` writes. */
export interface MeasureSets {
  readonly version: 1
  readonly scenario: string
  readonly seeds: readonly string[]
  readonly design: Design
  /** Largest sets first. */
  readonly sets: readonly MeasureSet[]
  /** Of the full design only: others leave sets out. */
  readonly mainEffects: readonly MainEffect[]
  readonly interactions: readonly Interaction[]
  /** The smallest sets that held everything in every seed. */
  readonly smallest: readonly (readonly string[])[]
  /** Whether all measures together hold on a good day, without the fault; null: not in every seed known. */
  readonly goodDay: boolean | null
  readonly said: string
  /** 0: a set holds everything in every seed. 1: none does. 2: undecided. */
  readonly exitCode: 0 | 1 | 2
}
