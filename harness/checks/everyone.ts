import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { CheckKind } from './check-kind.ts'
import { counted } from './counted.ts'
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
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, suspects, tally } from './visits.ts'
import {
  spanOf,
  type WindowOptions,
  wholeArm,
  windowOf,
  windowOptions,
  windowParam,
  windowWords,
} from './window.ts'

interface EveryoneOptions extends Partial<WindowOptions>, CommonOptions {
  /** Fewer visits than this show nothing. */
  readonly atLeast: number
}

/**
 * A census, not a sample: not one visit fails, in all of the arm or in a window of it. One failure breaks it, and is
 * named. Protected.
 */
export function everyone(journeys: JourneyRef | readonly JourneyRef[], options: EveryoneOptions): CheckSpec {
  const all = listOf(journeys)
  const names = all.map(journeyName)
  const { during } = options
  const window = during === undefined ? undefined : windowOf({ ...options, during })
  return {
    ...commonOf('everyone', names.join('+'), options, ['atLeast', ...windowOptions]),
    title:
      options.title ??
      `${all.map(journeyTitle).join(' + ')}: everyone is served${window === undefined ? '' : ` ${windowWords(window)}`}`,
    role: 'protected',
    journeys: names,
    params: { journeys: names, atLeast: options.atLeast, ...(window !== undefined && { window }) },
  }
}

const params = z.strictObject({
  journeys: namesParam,
  atLeast: countParam,
  window: windowParam.exactOptional(),
})

export const everyoneKind: CheckKind = {
  kind: 'everyone',
  summary: 'not one visit fails: a census, with the names of those who did',
  problems: (spec) => problemsOf(params, spec),
  sample(spec) {
    const { atLeast, window } = paramsOf(params, spec)
    return { window, needs: atLeast, tolerates: () => 0 }
  },
  judge(spec, record) {
    const { journeys, atLeast, window } = paramsOf(params, spec)
    const span = window === undefined ? wholeArm : spanOf(record, window)
    let n = 0
    let failures = 0
    const outcomes = new Map<string, number>()
    const failed = suspects()
    if (span !== null)
      eachVisit(record, journeys, span, (visits, row, journey) => {
        n++
        if (visits.ok[row] === 1) return
        failures++
        outcomes.set(visits.outcome(row), (outcomes.get(visits.outcome(row)) ?? 0) + 1)
        failed.add(visits, row, journey)
      })

    const evidence = counted(n, n === 0 ? null : failures)
    if (failures > 0)
      return {
        verdict: 'deviates',
        evidence,
        said: `${failures} of ${n} were not served: ${tally(outcomes)}`,
        lookAt: failed.words(),
      }
    return {
      verdict: 'holds',
      evidence,
      said: `${n} of ${n} were served`,
      ...(n < atLeast && {
        short: {
          said: `at least ${atLeast} visits are needed to say so of everyone`,
          samplesToDecide: atLeast,
        },
      }),
    }
  },
}
