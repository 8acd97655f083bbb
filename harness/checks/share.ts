import { z } from 'zod'
import type { CheckSpec } from '../model/check.ts'
import { clusteredShare } from '../stats/clustered-share.ts'
import { samplesToDecideShare, smallestDetectableShare } from '../stats/wilson.ts'
import type { CheckKind } from './check-kind.ts'
import { estimated, nothingSeen } from './decide.ts'
import { percent } from './figures.ts'
import {
  type JourneyRef,
  journeyName,
  journeyTitle,
  listOf,
  nameParam,
  namesParam,
  paramsOf,
  problemsOf,
  shareParam,
} from './params.ts'
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, overTime, suspects } from './visits.ts'
import { spanOf, type WindowOptions, windowOf, windowOptions, windowParam, windowWords } from './window.ts'

interface ShareOptions extends WindowOptions, CommonOptions {
  /** The measure that does it. */
  readonly measure: string
  /** Visits with this outcome are counted, such as `shed`. */
  readonly of: string
  /** The journeys that they should belong to. */
  readonly journeys: JourneyRef | readonly JourneyRef[]
  /** All journeys whose visits are counted; includes `journeys`. */
  readonly among: readonly JourneyRef[]
  readonly atLeast: number
}

/**
 * Of all visits that came to one outcome, at least this share belongs to the given journeys: notices are shed before
 * certificates. A mechanism: it speaks of arms with the fault and the measure. Wilson's interval, as wide as bursts make
 * it.
 */
export function share(options: ShareOptions): CheckSpec {
  const window = windowOf(options)
  const own = listOf(options.journeys)
  const among = options.among.map(journeyName)
  return {
    ...commonOf(
      'share',
      `${options.of}/${own.map(journeyName).join('+')}`,
      {
        where: { fault: true, measure: options.measure },
        ...options,
      },
      ['measure', 'of', 'journeys', 'among', 'atLeast', ...windowOptions],
    ),
    title:
      options.title ??
      `of all '${options.of}', ≥ ${percent(options.atLeast)} are ${own.map(journeyTitle).join(' + ')} ${windowWords(window)}`,
    role: 'mechanism',
    journeys: among,
    params: { of: options.of, journeys: own.map(journeyName), among, atLeast: options.atLeast, window },
  }
}

const params = z
  .strictObject({
    of: nameParam,
    journeys: namesParam,
    among: namesParam,
    atLeast: shareParam,
    window: windowParam,
  })
  .refine(({ journeys, among }) => journeys.every((journey) => among.includes(journey)), {
    error: 'among must include every one of journeys',
  })
  .refine(({ journeys, among }) => among.some((journey) => !journeys.includes(journey)), {
    error: 'among must include a journey that is not in journeys, else the share is always 1',
  })

export const shareKind: CheckKind = {
  kind: 'share',
  summary: 'of all visits with one outcome, the share that some journeys have (Wilson interval)',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { of, journeys, among, atLeast, window } = paramsOf(params, spec)
    const span = spanOf(record, window)
    let visited = 0
    const owners = overTime()
    const others = suspects()
    if (span !== null)
      eachVisit(record, among, span, (visits, row, journey) => {
        visited++
        if (visits.outcome(row) !== of) return
        const own = journeys.includes(journey)
        owners.add(visits, row, own ? 1 : 0)
        if (!own) others.add(visits, row, journey)
      })

    const { n, share, effective, interval } = clusteredShare(owners.values())
    const limits = { unit: 'share', threshold: atLeast, good: 'at least' } as const
    if (n === 0)
      return nothingSeen(
        visited === 0
          ? `no visit was due ${windowWords(window)}`
          : `none of ${visited} visits was ${of} ${windowWords(window)}`,
        { ...limits, samplesToDecide: samplesToDecideShare(1, atLeast) },
      )
    return estimated({
      what: `share of ${journeys.join(' + ')}`,
      samples: `visits that were ${of}`,
      found: {
        n,
        effective,
        ...limits,
        estimate: share,
        interval,
        smallestDetectable: smallestDetectableShare(effective, atLeast),
      },
      samplesToDecide: () => samplesToDecideShare(share, atLeast, n / effective),
      lookAt: others.words(),
    })
  },
}
