import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import type { Rate } from '../model/units.ts'
import { poissonInterval } from '../stats/poisson.ts'
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
import { spanOf, type WindowOptions, windowOf, windowParam, windowWords } from './window.ts'

interface ThroughputOptions extends WindowOptions, CommonOptions {
  /** Successes per second, such as `20/s`. */
  readonly atLeast: Rate
}

/**
 * Of the visits due in the window, so many a second succeed; when they were answered does not matter, `latency` asks
 * that. Protected. Garwood's interval of a Poisson count.
 */
export function throughput(journey: JourneyRef, options: ThroughputOptions): CheckSpec {
  const window = windowOf(options)
  const perSecond = asPerSecond(options.atLeast)
  return {
    ...commonOf('throughput', journeyName(journey), options),
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
    let ok = 0
    const failed = suspects()
    if (span !== null)
      eachVisit(record, [journey], span, (visits, row, name) => {
        n++
        if (visits.ok[row] === 1) ok++
        else failed.add(visits, row, name)
      })
    if (n === 0 || !Number.isFinite(seconds))
      return nothingSeen(`no visit was due ${windowWords(window)}`, {
        unit: 'per second',
        threshold: perSecond,
        good: 'at least',
      })

    // A longer window would bring more visits at the same two rates.
    const intervalOf = (size: number) => {
      const [low, high] = poissonInterval(Math.round(ok * (size / n)))
      const time = seconds * (size / n)
      return [low / time, high / time] as const
    }
    const interval = intervalOf(n)
    const rate = ok / seconds
    return estimated({
      what: 'successes',
      samples: 'visits',
      found: {
        n,
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
