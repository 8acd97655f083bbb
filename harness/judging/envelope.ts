import type { ArmEnvelope, BreakingPoint, Envelope, Tried } from '../model/envelope.ts'
import type { ArmResult } from '../model/result.ts'
import { firstOf } from '../model/words.ts'

/** How far from the scenario's own value the search goes, as a factor in either direction. */
const farthest = 64
/** So many values beyond the last that counted and that do not count: the machine cannot show more. */
const voidInARow = 2

/** What a run of an arm at this value showed. */
export function triedOf(value: number, { checks, voids }: Pick<ArmResult, 'checks' | 'voids'>): Tried {
  const levels = checks.filter(({ role }) => role === 'protected')
  const those = (verdict: string) => levels.filter((check) => check.verdict === verdict).map(({ id }) => id)
  if (voids.length > 0)
    return { value, held: [], deviated: [], isVoid: firstOf(voids.map(({ said }) => said)) }
  return { value, held: those('holds'), deviated: those('deviates') }
}

/**
 * The next value to try, so that the point at which the first service level breaks is known to `width`. Doubles until
 * something deviates, halves until everything holds, then takes the middle between the two (of their ratio). Where that
 * could not be decided, a place beside it.
 * @param start the scenario's own value of the knob, above 0
 * @param levels how many service levels there are
 * @param width 0.25: the two lie at most a quarter apart
 * @returns null: it is known, or cannot be known better
 * @example
 * nextValue([{ value: 100, held: ['a'], deviated: [] }], { start: 100, levels: 1, width: 0.25 }) // 200
 */
export function nextValue(
  tried: readonly Tried[],
  { start, levels, width }: { readonly start: number; readonly levels: number; readonly width: number },
): number | null {
  const fresh = (value: number) => (tried.some((one) => one.value === value) ? null : value)
  if (tried.length === 0) return start
  const { holdsTo, deviatesFrom } = bracketOf(tried, levels)
  const values = tried.map(({ value }) => value)
  const edge = tried.slice(-voidInARow)
  if (edge.length === voidInARow && edge.every(({ isVoid }) => isVoid !== undefined)) return null
  if (deviatesFrom === null) return within(Math.max(...values) * 2, start)
  if (holdsTo === null) return within(Math.min(...values) / 2, start)
  if (deviatesFrom / holdsTo <= 1 + width) return null
  const between = (part: number) => rounded(holdsTo * (deviatesFrom / holdsTo) ** part)
  return fresh(between(0.5)) ?? fresh(between(0.25)) ?? fresh(between(0.75))
}

function within(value: number, start: number): number | null {
  return value > start * farthest || value < start / farthest ? null : rounded(value)
}

/** To three figures: what is tried can be typed. */
function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

/** Between which values the arm as a whole breaks. A value at which not all could be decided is neither. */
function bracketOf(tried: readonly Tried[], levels: number) {
  const isWhole = (one: Tried) =>
    one.deviated.length === 0 && one.held.length > 0 && one.held.length >= levels
  return between(
    tried.filter(isWhole).map(({ value }) => value),
    tried.filter(({ deviated }) => deviated.length > 0).map(({ value }) => value),
  )
}

/**
 * The interval in which a breaking point lies. Noise may have something hold above a value at which it deviated: then the
 * interval covers both.
 */
function between(
  held: readonly number[],
  deviated: readonly number[],
): { readonly holdsTo: number | null; readonly deviatesFrom: number | null } {
  const most = held.length === 0 ? null : Math.max(...held)
  const least = deviated.length === 0 ? null : Math.min(...deviated)
  if (most === null || least === null || most < least) return { holdsTo: most, deviatesFrom: least }
  const below = held.filter((value) => value < least)
  const above = deviated.filter((value) => value > most)
  return {
    holdsTo: below.length === 0 ? null : Math.max(...below),
    deviatesFrom: above.length === 0 ? null : Math.min(...above),
  }
}

/** How far each service level holds, the first to break first. @param titles of the levels, by id */
export function armEnvelope(
  arm: ArmEnvelope['arm'],
  tried: readonly Tried[],
  titles: ReadonlyMap<string, string>,
): ArmEnvelope {
  const checks = [...titles].map(([id, check]): BreakingPoint => {
    const at = (of: (one: Tried) => readonly string[]) =>
      tried.filter((one) => of(one).includes(id)).map(({ value }) => value)
    return {
      id,
      check,
      ...between(
        at(({ held }) => held),
        at(({ deviated }) => deviated),
      ),
    }
  })
  const order = (one: BreakingPoint) => one.deviatesFrom ?? Number.POSITIVE_INFINITY
  return {
    arm,
    tried: tried.toSorted((a, b) => a.value - b.value),
    checks: checks.toSorted((a, b) => order(a) - order(b)),
    ...bracketOf(tried, titles.size),
  }
}

/**
 * What has become worse since an envelope was kept: levels that now deviate at a value at which they held. One sentence
 * each; empty where nothing has, as far as was tried.
 */
export function shrunk(before: Envelope, now: Envelope, figure: (value: number) => string): string[] {
  return now.arms.flatMap(({ arm, checks }) =>
    checks.flatMap(({ id, check, deviatesFrom }) => {
      const old = before.arms.find((one) => one.arm === arm)?.checks.find((one) => one.id === id)
      if (old === undefined || old.holdsTo === null || deviatesFrom === null) return []
      return deviatesFrom <= old.holdsTo
        ? [`${arm}: '${check}' held to ${figure(old.holdsTo)}, and deviates from ${figure(deviatesFrom)} now`]
        : []
    }),
  )
}
