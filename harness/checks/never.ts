import { z } from 'zod'
import type { CheckSpec, Evidence } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import {
  countParam,
  type JourneyRef,
  journeyName,
  journeyTitle,
  listOf,
  namesParam,
  paramsOf,
  problemsOf,
} from './params.ts'
import { eachVisit, suspects, tally } from './visits.ts'
import { wholeArm } from './window.ts'

interface NeverOptions {
  /** The outcome, or outcomes, that must not be seen. */
  readonly outcome: string | readonly string[]
  /** Fewer visits than this show nothing. */
  readonly atLeast: number
  readonly source: string
  /** Sabotages of the system that must break it: only then is it trusted. */
  readonly sabotages: readonly string[]
  readonly title?: string
}

/** An outcome that no visit of a journey may have, in any arm: no attacker is let in. Guard. */
export function never(journeys: JourneyRef | readonly JourneyRef[], options: NeverOptions): CheckSpec {
  const all = listOf(journeys)
  const names = all.map(journeyName)
  const outcomes = listOf(options.outcome)
  return {
    kind: 'never',
    title: options.title ?? `${all.map(journeyTitle).join(' + ')}: never ${outcomes.join(' or ')}`,
    role: 'guard',
    journeys: names,
    source: options.source,
    params: { journeys: names, outcomes, atLeast: options.atLeast },
    sabotages: options.sabotages,
  }
}

const params = z.strictObject({ journeys: namesParam, outcomes: namesParam, atLeast: countParam })

export const neverKind: CheckKind = {
  kind: 'never',
  summary: 'an outcome that no visit of a journey may have (guard)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { journeys, outcomes, atLeast } = paramsOf(params, spec)
    let n = 0
    let seen = 0
    const counts = new Map<string, number>()
    const guilty = suspects()
    eachVisit(record, journeys, wholeArm, (visits, row, journey) => {
      n++
      const outcome = visits.outcome(row)
      if (!outcomes.includes(outcome)) return
      seen++
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      guilty.add(visits, row, journey)
    })

    const evidence: Evidence = {
      n,
      unit: 'count',
      estimate: n === 0 ? null : seen,
      interval: n === 0 ? null : [seen, seen],
      threshold: 0,
      good: 'at most',
      smallestDetectable: n === 0 ? null : 1,
    }
    if (seen > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `seen in ${seen} of ${n} visits: ${tally(counts)}`,
        lookAt: guilty.words(),
      }
    const named = outcomes.join(' or ')
    if (n < atLeast)
      return {
        verdict: 'inconclusive',
        evidence: { ...evidence, samplesToDecide: atLeast },
        said: `${named} was not seen, but there were only ${n} visits; at least ${atLeast} are needed`,
      }
    return { verdict: 'holds', evidence, said: `${named} was not seen in ${n} visits (at least ${atLeast})` }
  },
}
