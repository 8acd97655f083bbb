import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import { counted } from './counted.ts'
import {
  countParam,
  countsParam,
  type JourneyRef,
  journeyName,
  journeyTitle,
  listOf,
  namesParam,
  paramsOf,
  problemsOf,
} from './params.ts'
import { commonOf, type GuardOptions } from './spec.ts'
import { eachVisit, suspects, tally } from './visits.ts'
import { wholeArm } from './window.ts'

interface NeverOptions extends GuardOptions {
  /** The outcome, or outcomes, that must not be seen. */
  readonly outcome: string | readonly string[]
  /** Fewer visits than this show nothing; by outcome where it counts what became of them: `{ 'wrong-code': 5 }`. */
  readonly atLeast: number | Readonly<Record<string, number>>
}

/**
 * An outcome that no visit of a journey may have: no attacker is let in. Guard.
 * @example never(attacker, { outcome: 'let-in', atLeast: { 'wrong-code': 5 }, source: '…', sabotages: ['wrong-code'] })
 */
export function never(journeys: JourneyRef | readonly JourneyRef[], options: NeverOptions): CheckSpec {
  const all = listOf(journeys)
  const names = all.map(journeyName)
  const outcomes = listOf(options.outcome)
  return {
    ...commonOf('never', `${names.join('+')}/${outcomes.join('+')}`, options, ['outcome', 'atLeast']),
    title: options.title ?? `${all.map(journeyTitle).join(' + ')}: never ${outcomes.join(' or ')}`,
    role: 'guard',
    journeys: names,
    params: { journeys: names, outcomes, atLeast: options.atLeast },
  }
}

const params = z.strictObject({
  journeys: namesParam,
  outcomes: namesParam,
  atLeast: z.union([countParam, countsParam]),
})

/** What guards of this kind forbid, of any checks: whether an outcome of a journey is for one of them to find. */
export function forbiddenBy(specs: readonly CheckSpec[]): (journey: string, outcome: string) => boolean {
  const forbidden = new Map<string, Set<string>>()
  for (const spec of specs) {
    if (spec.kind !== 'never' || problemsOf(params, spec).length > 0) continue
    const { journeys, outcomes } = paramsOf(params, spec)
    for (const journey of journeys)
      forbidden.set(journey, new Set([...(forbidden.get(journey) ?? []), ...outcomes]))
  }
  return (journey, outcome) => forbidden.get(journey)?.has(outcome) === true
}

export const neverKind: CheckKind = {
  kind: 'never',
  summary: 'an outcome that no visit of a journey may have (guard)',
  problems: (spec) => problemsOf(params, spec),
  sample(spec) {
    const { atLeast } = paramsOf(params, spec)
    // What becomes of a visit is not planned: of a minimum by outcome only the sum can be.
    const needs =
      typeof atLeast === 'number' ? atLeast : Object.values(atLeast).reduce((sum, n) => sum + n, 0)
    return { window: undefined, needs }
  },
  judge(spec, record) {
    const { journeys, outcomes, atLeast } = paramsOf(params, spec)
    let n = 0
    let seen = 0
    const counts = new Map<string, number>()
    const guilty = suspects()
    eachVisit(record, journeys, wholeArm, (visits, row, journey) => {
      n++
      const outcome = visits.outcome(row)
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      if (!outcomes.includes(outcome)) return
      seen++
      guilty.add(visits, row, journey)
    })

    const evidence = counted(n, n === 0 ? null : seen)
    if (seen > 0) {
      const bad = new Map([...counts].filter(([outcome]) => outcomes.includes(outcome)))
      return {
        verdict: 'deviates',
        evidence,
        said: `seen in ${seen} of ${n} visits: ${tally(bad)}`,
        lookAt: guilty.words(),
      }
    }
    const short = shortOf(atLeast, n, counts)
    return {
      verdict: 'holds',
      evidence,
      said: `${outcomes.join(' or ')} was not seen in ${n} visits${n === 0 ? '' : `: ${tally(counts)}`}`,
      ...(short !== null && { short: { said: short } }),
    }
  },
}

/** What is missing to the minimum, in words; null: nothing. */
function shortOf(
  atLeast: number | Readonly<Record<string, number>>,
  n: number,
  counts: ReadonlyMap<string, number>,
): string | null {
  if (typeof atLeast === 'number') return n < atLeast ? `at least ${atLeast} visits are needed` : null
  const missing = Object.entries(atLeast).filter(([outcome, least]) => (counts.get(outcome) ?? 0) < least)
  if (missing.length === 0) return null
  return `too few: ${missing.map(([outcome, least]) => `${counts.get(outcome) ?? 0} ${outcome}, at least ${least} are needed`).join('; ')}`
}
