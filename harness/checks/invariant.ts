import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import { count } from '../model/words.ts'
import type { CheckKind } from './check-kind.ts'
import { counted } from './counted.ts'
import { countParam, nameParam, paramsOf, problemsOf } from './params.ts'
import { type CommonOptions, commonOf, type GuardOptions } from './spec.ts'

type InvariantOptions = {
  /** So many records must be checked (in the arms of `minimumWhere`); fewer show nothing. Default 1. */
  readonly atLeast?: number
} & (
  | ({ readonly measure?: never } & GuardOptions)
  /** The invariant is about this measure: a mechanism, judged in arms with the fault and the measure. */
  | ({ readonly measure: string } & CommonOptions)
)

/**
 * One of the system's invariants, read from its ledgers when the load has ended: no record may break it. A guard; with
 * `measure` a mechanism of that measure.
 * @example invariant('each receipt was entered once', { atLeast: 3, source: 'ledger invariant 3', sabotages: ['enters-twice'] })
 */
export function invariant(name: string, options: InvariantOptions): CheckSpec {
  const { measure } = options
  const where = measure === undefined ? {} : { where: { fault: true, measure } }
  return {
    ...commonOf('invariant', name, { ...where, ...options }, ['measure', 'atLeast']),
    title: options.title ?? name,
    role: measure === undefined ? 'guard' : 'mechanism',
    journeys: [],
    params: { invariant: name, atLeast: options.atLeast ?? 1 },
  }
}

const params = z.strictObject({ invariant: nameParam, atLeast: countParam.exactOptional() })

export const invariantKind: CheckKind = {
  kind: 'invariant',
  summary: "an invariant of the system's ledgers, read once the load has ended (guard)",
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { invariant: name, atLeast = 1 } = paramsOf(params, spec)
    const facts = record.invariants.get(name)
    const evidence = counted(facts?.checked ?? 0, facts?.violations ?? null)
    if (facts === undefined)
      return { verdict: 'inconclusive', evidence, said: 'it was not read: the arm did not come that far' }
    if (facts.violations > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${facts.violations} of ${count(facts.checked, 'record')} ${facts.violations === 1 ? 'breaks' : 'break'} it: ${facts.said}`,
        lookAt: facts.examples,
      }
    return {
      verdict: 'holds',
      evidence,
      said: `${facts.checked === 0 ? 'no record to check' : `${count(facts.checked, 'record')} checked, none breaks it`}: ${facts.said}`,
      ...(facts.checked < atLeast && {
        short: {
          said: `at least ${count(atLeast, 'record')} ${atLeast === 1 ? 'is' : 'are'} needed to say so`,
          samplesToDecide: atLeast,
        },
      }),
    }
  },
}
