import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import { clusteredShare } from '../stats/clustered-share.ts'
import { failuresTolerated } from '../stats/samples.ts'
import { samplesToDecideShare, smallestDetectableShare } from '../stats/wilson.ts'
import type { CheckKind } from './check-kind.ts'
import { estimated, nothingSeen } from './decide.ts'
import { percent } from './figures.ts'
import {
  type JourneyRef,
  journeyName,
  journeyTitle,
  listOf,
  namesParam,
  paramsOf,
  problemsOf,
  shareParam,
} from './params.ts'
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, overTime, suspects } from './visits.ts'
import { spanOf, type WindowOptions, windowOf, windowOptions, windowParam, windowWords } from './window.ts'

interface SuccessRateOptions extends WindowOptions, CommonOptions {
  /** Share of visits that must succeed, below 1. */
  readonly atLeast: number
}

/**
 * Of the visits due in the window, at least this share succeeds; several journeys are counted together. Protected.
 * Wilson's interval, as wide as bursts of failures make it.
 */
export function successRate(
  journeys: JourneyRef | readonly JourneyRef[],
  options: SuccessRateOptions,
): CheckSpec {
  const all = listOf(journeys)
  const window = windowOf(options)
  const names = all.map(journeyName)
  return {
    ...commonOf('success-rate', names.join('+'), options, ['atLeast', ...windowOptions]),
    title:
      options.title ??
      `${all.map(journeyTitle).join(' + ')}: success ≥ ${percent(options.atLeast)} ${windowWords(window)}`,
    role: 'protected',
    journeys: names,
    params: { journeys: names, atLeast: options.atLeast, window },
  }
}

const params = z.strictObject({ journeys: namesParam, atLeast: shareParam, window: windowParam })

export const successRateKind: CheckKind = {
  kind: 'success-rate',
  summary: 'the share of visits that succeed in a window (Wilson interval)',
  problems: (spec) => problemsOf(params, spec),
  sample(spec) {
    const { atLeast, window } = paramsOf(params, spec)
    return {
      window,
      needs: samplesToDecideShare(1, atLeast) ?? Number.POSITIVE_INFINITY,
      tolerates: (n) => failuresTolerated(n, atLeast),
    }
  },
  judge(spec, record) {
    const { journeys, atLeast, window } = paramsOf(params, spec)
    const span = spanOf(record, window)
    const outcomes = overTime()
    const failed = suspects()
    if (span !== null)
      eachVisit(record, journeys, span, (visits, row, journey) => {
        const ok = visits.ok[row]!
        outcomes.add(visits, row, ok)
        if (ok === 0) failed.add(visits, row, journey)
      })
    const { n, share, effective, interval } = clusteredShare(outcomes.values())
    if (n === 0)
      return nothingSeen(`no visit was due ${windowWords(window)}`, {
        unit: 'share',
        threshold: atLeast,
        good: 'at least',
        samplesToDecide: samplesToDecideShare(1, atLeast),
      })
    return estimated({
      what: 'success',
      samples: 'visits',
      found: {
        n,
        effective,
        unit: 'share',
        estimate: share,
        interval,
        threshold: atLeast,
        good: 'at least',
        smallestDetectable: smallestDetectableShare(effective, atLeast),
      },
      samplesToDecide: () => samplesToDecideShare(share, atLeast, n / effective),
      lookAt: failed.words(),
    })
  },
}
