/** What a contract of a check is made of, and stories that several have. */
import type { CheckRole, CheckSpec, CheckVerdict, Evidence } from '../../../../harness/model/check.ts'
import { type ArmStory, counter, type Visits } from '../arm-story.ts'

export const source = '† ours'

export const sabotages = ['loses every tenth receipt']

export const measure = 'password-fallback'

/** Names of as many records: those that visits with this `took` leave with. */
export function named(took: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${took}/${n}`)
}

/** A row: a check, an arm's story, and what the one says of the other. */
export interface Row {
  readonly is: string
  readonly spec: CheckSpec
  readonly arm: ArmStory & { readonly faultsOn?: false }
  readonly verdict: CheckVerdict
  readonly role?: CheckRole
  readonly said?: RegExp
  readonly evidence?: Partial<Evidence>
  readonly lookAt?: readonly string[]
}

export interface Contract {
  readonly rows: readonly Row[]
  /** Specs that a plan must refuse, and the word that says why. */
  readonly refused: readonly (readonly [why: RegExp, spec: CheckSpec])[]
  /** A kind that applies to every arm has no row that says it does not. */
  readonly appliesEverywhere?: true
}

export const failing = (from: number, to: number, more: Partial<Visits> = {}): Visits => ({
  journey: counter,
  fromMs: from,
  toMs: to,
  ok: false,
  ...more,
})

export const well = (from: number, to: number, more: Partial<Visits> = {}): Visits => ({
  journey: counter,
  fromMs: from,
  toMs: to,
  ...more,
})

/** 800 visits of the fault, 16 of which fail: one of fifty each, or four in a row each second. */
export const apart: readonly Visits[] = Array.from({ length: 16 }, (_, i) => 2000 + 250 * i).flatMap(
  (from) => [well(from, from + 245, { everyMs: 5 }), failing(from + 245, from + 250, { everyMs: 5 })],
)

export const inBursts: readonly Visits[] = [2000, 3000, 4000, 5000].flatMap((from) => [
  well(from, from + 600, { everyMs: 5 }),
  failing(from + 600, from + 620, { everyMs: 5 }),
  well(from + 620, from + 1000, { everyMs: 5 }),
])

/** The same, but between two visits that fail there are always others in the journal. */
export const inBurstsMixed: readonly Visits[] = Array.from({ length: 16 }, (_, i) => {
  const burst = 2000 + 1000 * Math.floor(i / 4)
  const failed = burst + 600 + 5 * (i % 4)
  const [from, to] = [
    [burst, burst + 300],
    [burst + 300, burst + 600],
    [burst + 620, burst + 800],
    [burst + 800, burst + 1000],
  ][i % 4] as [number, number]
  return [well(from, to, { everyMs: 5 }), failing(failed, failed + 5, { everyMs: 5 })]
}).flat()

export const duringFault = { during: 'fault', source } as const

export const none: ArmStory = { visits: [] }

export const receipts = 'every receipt was entered'
