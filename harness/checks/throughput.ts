import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { Rate } from '../model/units.ts'
import { clusteredRate, rateInterval } from '../stats/clustered-rate.ts'
import { smallestSample } from '../stats/samples.ts'
import type { CheckKind } from './check-kind.ts'
import { decide, estimated, nothingSeen } from './decide.ts'
import {
  asPerSecond,
  type JourneyRef,
  journeyName,
  journeyTitle,
  nameParam,
  paramsOf,
  problemsOf,
  rateParam,
} from './params.ts'
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, suspects } from './visits.ts'
import { spanOf, type WindowOptions, windowOf, windowOptions, windowParam, windowWords } from './window.ts'

interface ThroughputOptions extends WindowOptions, CommonOptions {
  /** Successes per second, such as `20/s`. */
  readonly atLeast: Rate
}

/**
 * Of the visits due in the window, so many a second succeed; when they were answered does not matter, `latency` asks
 * that. Protected. Garwood's interval of a Poisson count, as wide as bursts make it.
 */
export function throughput(journey: JourneyRef, options: ThroughputOptions): CheckSpec {
  const window = windowOf(options)
  const perSecond = asPerSecond(options.atLeast)
  return {
    ...commonOf('throughput', journeyName(journey), options, ['atLeast', ...windowOptions]),
    title: options.title ?? `${journeyTitle(journey)}: ≥ ${perSecond}/s succeed ${windowWords(window)}`,
    role: 'protected',
    journeys: [journeyName(journey)],
    params: { journey: journeyName(journey), perSecond, window },
  }
}

const params = z.strictObject({ journey: nameParam, perSecond: rateParam, window: windowParam })

export const throughputKind: CheckKind = {
  kind: 'throughput',
  summary: 'successful visits per second in a window (Poisson interval)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { journey, perSecond, window } = paramsOf(params, spec)
    const span = spanOf(record, window)
    const seconds = span === null ? 0 : (span.toMs - span.fromMs) / 1000
    let n = 0
    const okAtMs: number[] = []
    const failed = suspects()
    if (span !== null)
      eachVisit(record, [journey], span, (visits, row, name) => {
        n++
        if (visits.ok[row] === 1) okAtMs.push(visits.dueMs[row]!)
        else failed.add(visits, row, name)
      })
    if (n === 0 || span === null || !Number.isFinite(seconds))
      return nothingSeen(`no visit was due ${windowWords(window)}`, {
        unit: 'per second',
        threshold: perSecond,
        good: 'at least',
      })

    const ok = okAtMs.length
    const { perSecond: rate, effective, interval } = clusteredRate(okAtMs, span.fromMs, span.toMs)
    const worth = ok === 0 ? 1 : effective / ok
    // A longer window would bring more visits at the same two rates.
    const intervalOf = (size: number) => {
      const count = Math.round(ok * (size / n))
      return rateInterval(count, seconds * (size / n), count * worth)
    }
    return estimated({
      what: 'successes',
      samples: 'visits',
      found: {
        n,
        effective: n * worth,
        unit: 'per second',
        estimate: rate,
        interval,
        threshold: perSecond,
        good: 'at least',
        smallestDetectable: rate < perSecond ? interval[1] - rate : rate - interval[0],
      },
      samplesToDecide: () =>
        smallestSample(n, (size) => decide(intervalOf(size), perSecond, 'at least') !== 'inconclusive'),
      lookAt: failed.words(),
    })
  },
}
