import { z } from 'zod'
import type { CheckRole, CheckSpec, Evidence } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import { countParam, nameParam, paramsOf, problemsOf } from './params.ts'

type InvariantOptions = {
  /** Records that must have been checked where the fault and the measures meet; fewer show nothing. */
  readonly atLeast?: number
  readonly source: string
  readonly title?: string
} & (
  | { readonly role?: 'guard'; readonly sabotages: readonly string[] }
  | { readonly role: 'protected'; readonly sabotages?: readonly string[] }
)

/**
 * One of the system's invariants, read from its ledgers when the load has ended: nobody may break it. A guard unless
 * it is `protected`: then it claims that at least `atLeast` records came about and none is wrong, which the untreated
 * arm must fail (no receipt was entered, for none was written).
 */
export function invariant(name: string, options: InvariantOptions): CheckSpec {
  const role: CheckRole = options.role ?? 'guard'
  return {
    kind: 'invariant',
    title: options.title ?? name,
    role,
    journeys: [],
    source: options.source,
    params: { invariant: name, ...(options.atLeast !== undefined && { atLeast: options.atLeast }) },
    ...(options.sabotages !== undefined && { sabotages: options.sabotages }),
  }
}

const params = z.strictObject({ invariant: nameParam, atLeast: countParam.exactOptional() })

export const invariantKind: CheckKind = {
  kind: 'invariant',
  summary: "an invariant of the system's ledgers, read once the load has ended (guard)",
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { invariant: name, atLeast } = paramsOf(params, spec)
    const facts = record.invariants.get(name)
    const evidence: Evidence = {
      n: facts?.checked ?? 0,
      unit: 'count',
      estimate: facts?.violations ?? null,
      interval: facts === undefined ? null : [facts.violations, facts.violations],
      threshold: 0,
      good: 'at most',
      smallestDetectable: facts === undefined ? null : 1,
    }
    if (facts === undefined)
      return { verdict: 'inconclusive', evidence, said: 'it was not read: the arm did not come that far' }
    if (facts.violations > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${facts.violations} of ${facts.checked} records break it: ${facts.said}`,
        lookAt: facts.examples,
      }

    const whole = `${facts.checked} records checked, none breaks it: ${facts.said}`
    if (atLeast !== undefined && record.faultsOn && facts.checked < atLeast) {
      if (record.arm === 'treated')
        return {
          verdict: 'inconclusive',
          evidence: { ...evidence, samplesToDecide: atLeast },
          said: `${whole}; at least ${atLeast} records are needed to say so`,
        }
      if (spec.role === 'protected')
        return { verdict: 'deviates', evidence, said: `${whole}; at least ${atLeast} records are owed` }
    }
    return { verdict: 'holds', evidence, said: whole }
  },
}
