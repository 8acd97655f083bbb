import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind, Seen } from './check-kind.ts'
import { counted } from './counted.ts'
import { countParam, nameParam, paramsOf, problemsOf } from './params.ts'
import { watchedUntilMs } from './reverts.ts'
import { type CommonOptions, commonOf, type GuardOptions } from './spec.ts'
import { offset } from './visits.ts'

type BetweenOptions = {
  /** Fewer of `then` show nothing. Default 1. */
  readonly atLeast?: number
} & (({ readonly measure: string } & CommonOptions) | ({ readonly measure?: never } & GuardOptions))

/**
 * Never `then` before `first`: since the fault began, or since the last `then`, `first` must have happened. Either is an
 * event of the system, or the id of an action that was done. It speaks of arms with the fault. A mechanism where it names
 * the `measure` whose doing it is, else a guard.
 * @example between('segments.passed', 'normal.declared', { measure: 'segment-tests', source: 'F3' })
 */
export function between(first: string, then: string, options: BetweenOptions): CheckSpec {
  const { measure } = options
  const where = { fault: true, ...(measure !== undefined && { measure }) }
  return {
    ...commonOf('between', `${first}/${then}`, { where, ...options }, ['measure', 'atLeast']),
    title: options.title ?? `never ${then} before ${first}`,
    role: measure === undefined ? 'guard' : 'mechanism',
    journeys: [],
    params: { first, later: then, atLeast: options.atLeast ?? 1 },
  }
}

const params = z.strictObject({ first: nameParam, later: nameParam, atLeast: countParam })

export const betweenKind: CheckKind = {
  kind: 'between',
  summary: 'something that must not happen before something else has',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { first, later, atLeast } = paramsOf(params, spec)
    const firsts = momentsOf(record, first)
    const thens = momentsOf(record, later)
    const fromMs = Math.min(...record.injected.map(({ ms }) => ms))
    const early = thens.filter((ms, i) => {
      const sinceMs = thens[i - 1] ?? fromMs
      return !firsts.some((firstMs) => firstMs > sinceMs && firstMs <= ms)
    })
    const evidence = counted(thens.length, thens.length === 0 ? null : early.length)
    if (early.length > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${later} came ${early.length} × before ${first}: at ${early.map(offset).join(', ')}`,
      }
    const short =
      watchedUntilMs(record) === null
        ? 'the arm was not watched to its end'
        : thens.length < atLeast
          ? `at least ${atLeast} are needed`
          : null
    return {
      verdict: 'holds',
      evidence,
      said: `${later} came ${thens.length} ×, each after ${first}`,
      ...(short !== null && { short: { said: short } }),
    }
  },
}

/** When an event of the system happened, or an action was done, ms, ascending. */
function momentsOf(record: Seen, name: string): number[] {
  return [
    ...record.system.filter(({ event }) => event === name),
    ...record.actions.filter(({ kind, action }) => kind === 'action.done' && action === name),
  ]
    .map(({ ms }) => ms)
    .sort((a, b) => a - b)
}
