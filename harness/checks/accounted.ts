import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind, Seen } from './check-kind.ts'
import { counted } from './counted.ts'
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
 * Nothing is lost: whatever users took home, the ledger knows of. The journey says what that was by the name of its
 * record (`{ outcome: 'receipt', took: 'jongno/0017' }`), and the invariant's reader which records there are
 * (`InvariantFacts.ids`). A ledger may know of more (a user left before the answer came), never of less. Guard.
 */
export function accounted(
  journeys: JourneyRef | readonly JourneyRef[],
  options: AccountedOptions,
): CheckSpec {
  const all = listOf(journeys)
  const names = all.map(journeyName)
  const outcomes = listOf(options.outcome)
  return {
    ...commonOf('accounted', names.join('+'), options, ['outcome', 'by', 'atLeast']),
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
  summary: 'what users took home is on record, one by one (guard)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { journeys, outcomes, invariant, atLeast = 1 } = paramsOf(params, spec)
    const facts = record.invariants.get(invariant)
    if (facts === undefined)
      return {
        verdict: 'inconclusive',
        evidence: counted(0, null),
        said: `the ledger behind '${invariant}' was not read: the arm did not come that far`,
      }
    const taken = takenHome(record, journeys, outcomes)
    const { n, lost, unnamed } = compared(taken, facts)
    const counts = `users took home ${n} (${outcomes.join(' or ')}), the ledger has ${facts.checked}`
    if (lost.length > 0)
      return {
        verdict: 'deviates',
        evidence: counted(n, lost.length),
        said: `${lost.length} lost: ${counts}`,
        lookAt: lost.slice(0, 5),
      }
    if (unnamed > 0)
      return {
        verdict: 'inconclusive',
        evidence: counted(n, null),
        said: `${unnamed} of ${n} visits do not say what they took home: let the journey return { outcome, took }`,
      }
    return {
      verdict: 'holds',
      evidence: counted(n, 0),
      said: counts,
      ...(n < atLeast && {
        short: { said: `at least ${atLeast} visits that took it home are needed`, samplesToDecide: atLeast },
      }),
    }
  },
}

/** What was taken home, visit by visit; undefined where the journey does not say. */
function takenHome(
  record: Seen,
  journeys: readonly string[],
  outcomes: readonly string[],
): { readonly took: string | undefined; readonly visit: string }[] {
  const taken: { took: string | undefined; visit: string }[] = []
  eachVisit(record, journeys, wholeArm, (visits, row, journey) => {
    if (!outcomes.includes(visits.outcome(row))) return
    taken.push({ took: visits.took(row), visit: `${journey} #${visits.arrival[row]}` })
  })
  return taken
}

/** By name where the ledger tells names; older journals hold only its count. */
function compared(
  taken: ReturnType<typeof takenHome>,
  { ids, checked }: { readonly ids?: readonly string[]; readonly checked: number },
): { n: number; lost: string[]; unnamed: number } {
  const n = taken.length
  if (ids === undefined) {
    const missing = Math.max(0, n - checked)
    return { n, lost: Array.from({ length: missing }, () => 'the ledger tells no names'), unnamed: 0 }
  }
  const kept = new Set(ids)
  return {
    n,
    lost: taken.flatMap(({ took, visit }) =>
      took === undefined || kept.has(took) ? [] : [`${visit} took home ${took}, which is not on record`],
    ),
    unnamed: taken.filter(({ took }) => took === undefined).length,
  }
}
