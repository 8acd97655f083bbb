import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import { type Duration, formatMs } from '../model/units.ts'
import { clusteredQuantile } from '../stats/clustered-quantile.ts'
import { quantileRanks } from '../stats/quantile.ts'
import { smallestSample } from '../stats/samples.ts'
import type { CheckKind } from './check-kind.ts'
import { estimated, nothingSeen } from './decide.ts'
import {
  asMs,
  type JourneyRef,
  journeyName,
  journeyTitle,
  nameParam,
  paramsOf,
  problemsOf,
  shareParam,
  someDurationParam,
} from './params.ts'
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, overTime, suspects } from './visits.ts'
import { spanOf, type WindowOptions, windowOf, windowOptions, windowParam, windowWords } from './window.ts'

interface LatencyOptions extends WindowOptions, CommonOptions {
  /** Such as 0.95. */
  readonly quantile: number
  readonly below: Duration
  /** A step of the journey instead of the whole visit. */
  readonly step?: string
}

/**
 * A latency quantile of the visits due in the window stays below a bound. Counted from the intended start, and over all
 * visits: one that failed is infinitely late, whatever failed in it, so that a system which answers few of its users
 * fast is not called fast. With `step` a visit that succeeded without that step is left out. Protected. Order-statistic
 * interval, as wide as bursts of slow visits make it.
 */
export function latency(journey: JourneyRef, options: LatencyOptions): CheckSpec {
  const window = windowOf(options)
  const belowMs = asMs(options.below)
  const of = options.step === undefined ? journeyTitle(journey) : `${journeyTitle(journey)} (${options.step})`
  return {
    ...commonOf('latency', [journeyName(journey), options.step].filter(Boolean).join('/'), options, [
      'quantile',
      'below',
      'step',
      ...windowOptions,
    ]),
    title:
      options.title ??
      `${of}: p${percentile(options.quantile)} ≤ ${formatMs(belowMs)} ${windowWords(window)}`,
    role: 'protected',
    journeys: [journeyName(journey)],
    params: {
      journey: journeyName(journey),
      quantile: options.quantile,
      belowMs,
      ...(options.step !== undefined && { step: options.step }),
      window,
    },
  }
}

const params = z.strictObject({
  journey: nameParam,
  quantile: shareParam,
  belowMs: someDurationParam,
  step: nameParam.exactOptional(),
  window: windowParam,
})

export const latencyKind: CheckKind = {
  kind: 'latency',
  summary: 'a latency quantile over all visits in a window, failures infinitely late (order statistics)',
  problems: (spec) => problemsOf(params, spec),
  sample(spec) {
    const { quantile, window } = paramsOf(params, spec)
    return {
      window,
      needs: fewestFor(quantile),
      tolerates: (n) => {
        const { high } = quantileRanks(n, quantile)
        return high === null ? null : n - high
      },
    }
  },
  judge(spec, record) {
    const { journey, quantile, belowMs, step, window } = paramsOf(params, spec)
    const span = spanOf(record, window)
    const tookMs = overTime()
    const late = suspects()
    let inTime = 0
    if (span !== null)
      eachVisit(record, [journey], span, (visits, row, name) => {
        const ok = visits.ok[row] === 1
        const ms = step === undefined ? visits.tookMs[row]! : visits.stepMs(step, row)
        if (ok && Number.isNaN(ms)) return
        tookMs.add(visits, row, ok ? ms : Number.POSITIVE_INFINITY)
        if (ok && ms <= belowMs) inTime++
        else late.add(visits, row, name, ok ? `${visits.outcome(row)} after ${formatMs(ms)}` : undefined)
      })

    const values = tookMs.values()
    const n = values.length
    if (n === 0)
      return nothingSeen(
        `no visit ${step === undefined ? 'was due' : `took the step '${step}'`} ${windowWords(window)}`,
        {
          unit: 'ms',
          threshold: belowMs,
          good: 'at most',
          samplesToDecide: fewestFor(quantile),
        },
      )

    const { estimate, effective, interval } = clusteredQuantile(values, quantile)
    const [lowMs, highMs] = interval
    return estimated({
      what: `p${percentile(quantile)}`,
      samples: 'visits',
      found: {
        n,
        effective,
        unit: 'ms',
        estimate,
        interval,
        threshold: belowMs,
        good: 'at most',
        smallestDetectable: estimate <= belowMs ? highMs - estimate : estimate - lowMs,
      },
      samplesToDecide: () =>
        smallestSample(n, (size) => {
          const worth = Math.floor((effective / n) * size)
          const { low, high } = quantileRanks(worth, quantile)
          const wouldBeInTime = Math.round((inTime / n) * worth)
          return (high !== null && wouldBeInTime >= high) || (low !== null && wouldBeInTime < low)
        }),
      lookAt: late.words(),
    })
  },
}

/** The smallest sample whose interval of this quantile has an upper end. */
function fewestFor(quantile: number): number {
  return smallestSample(0, (size) => quantileRanks(size, quantile).high !== null)!
}

/** 0.95 → 95, 0.999 → 99.9. */
function percentile(quantile: number): number {
  return Number((quantile * 100).toFixed(4))
}
