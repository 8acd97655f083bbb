import { z } from 'zod'
import type { CheckSpec, Evidence } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import {
  countParam,
  type JourneyRef,
  journeyName,
  journeyTitle,
  listOf,
  nameParam,
  namesParam,
  paramsOf,
  problemsOf,
} from './params.ts'
import { commonOf, type GuardOptions } from './spec.ts'
import { eachVisit } from './visits.ts'
import { wholeArm } from './window.ts'

interface AccountedOptions extends GuardOptions {
  /** The outcome, or outcomes, with which a visit takes something home. */
  readonly outcome: string | readonly string[]
  /** The invariant whose count of records says what the system kept. */
  readonly by: string
  /** Fewer visits that took something home show nothing, where the minimum is owed. Default 1. */
  readonly atLeast?: number
}

/**
 * Nothing is lost: whatever users took home, the ledger knows of. Users and ledger are counted independently of each
 * other; a ledger may know of more (a user left before the answer came), never of less. Guard.
 */
export function accounted(
  journeys: JourneyRef | readonly JourneyRef[],
  options: AccountedOptions,
): CheckSpec {
  const all = listOf(journeys)
  const names = all.map(journeyName)
  const outcomes = listOf(options.outcome)
  return {
    ...commonOf('accounted', names.join('+'), options),
    title:
      options.title ?? `${all.map(journeyTitle).join(' + ')}: each ${outcomes.join(' or ')} is on record`,
    role: 'guard',
    journeys: names,
    params: { journeys: names, outcomes, invariant: options.by, atLeast: options.atLeast ?? 1 },
  }
}

const params = z.strictObject({
  journeys: namesParam,
  outcomes: namesParam,
  invariant: nameParam,
  atLeast: countParam.exactOptional(),
})

export const accountedKind: CheckKind = {
  kind: 'accounted',
  summary: 'what users took home is on record, counted on both sides (guard)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { journeys, outcomes, invariant, atLeast = 1 } = paramsOf(params, spec)
    const facts = record.invariants.get(invariant)
    let taken = 0
    eachVisit(record, journeys, wholeArm, (visits, row) => {
      if (outcomes.includes(visits.outcome(row))) taken++
    })
    if (facts === undefined)
      return {
        verdict: 'inconclusive',
        evidence: {
          n: 0,
          unit: 'count',
          estimate: null,
          interval: null,
          threshold: 0,
          good: 'at most',
          smallestDetectable: null,
        },
        said: `the ledger behind '${invariant}' was not read: the arm did not come that far`,
      }
    const missing = Math.max(0, taken - facts.checked)
    const evidence: Evidence = {
      n: taken,
      unit: 'count',
      estimate: missing,
      interval: [missing, missing],
      threshold: 0,
      good: 'at most',
      smallestDetectable: 1,
    }
    const counts = `users took home ${taken} (${outcomes.join(' or ')}), the ledger has ${facts.checked}`
    return missing > 0
      ? { verdict: 'deviates', evidence, said: `${missing} lost: ${counts}` }
      : {
          verdict: 'holds',
          evidence,
          said: counts,
          ...(taken < atLeast && {
            short: {
              said: `at least ${atLeast} visits that took it home are needed`,
              samplesToDecide: atLeast,
            },
          }),
        }
  },
}
