import { z } from 'zod'
import type { CheckSpec, Evidence } from '../model/check.ts'
import { type Duration, formatMs } from '../model/units.ts'
import type { CheckKind } from './check-kind.ts'
import { nothingSeen } from './decide.ts'
import { percent } from './figures.ts'
import {
  asMs,
  countedShareParam,
  type JourneyRef,
  journeyName,
  journeyTitle,
  nameParam,
  paramsOf,
  problemsOf,
  someDurationParam,
} from './params.ts'
import { lastRevertMs, watchedUntilMs } from './reverts.ts'
import { type CommonOptions, commonOf } from './spec.ts'
import { eachVisit, suspects } from './visits.ts'

interface RecoveryOptions extends CommonOptions {
  readonly within: Duration
  /** Id of the fault that is meant; default: whichever was reverted last. */
  readonly fault?: string
  /** Success share each bucket must show. Default 0.9. */
  readonly success?: number
  /** Length of a bucket. Default 500 ms. */
  readonly bucket?: Duration
}

/**
 * Time from the last fault reverted until the journey is well and stays so: every later bucket of visits (by intended
 * start), to the end of recovery, shows the success share. A bucket without visits says nothing. It speaks of the
 * fault. Protected. The interval is the bucket: recovery came somewhere in the last bad one.
 */
export function recovery(journey: JourneyRef, options: RecoveryOptions): CheckSpec {
  const withinMs = asMs(options.within)
  return {
    ...commonOf('recovery', journeyName(journey), { where: { fault: true }, ...options }, [
      'within',
      'success',
      'bucket',
      'fault',
    ]),
    title:
      options.title ??
      `${journeyTitle(journey)}: recovered ≤ ${formatMs(withinMs)} after the fault${options.fault === undefined ? '' : ` '${options.fault}'`}`,
    role: 'protected',
    journeys: [journeyName(journey)],
    params: {
      journey: journeyName(journey),
      withinMs,
      success: options.success ?? 0.9,
      bucketMs: asMs(options.bucket ?? '500ms'),
      ...(options.fault !== undefined && { fault: options.fault }),
    },
  }
}

const params = z
  .strictObject({
    journey: nameParam,
    withinMs: someDurationParam,
    success: countedShareParam,
    bucketMs: someDurationParam,
    fault: nameParam.exactOptional(),
  })
  .refine(({ withinMs, bucketMs }) => bucketMs <= withinMs, {
    error: 'bucket must not be longer than within: it could not tell the difference',
  })

export const recoveryKind: CheckKind = {
  kind: 'recovery',
  summary: 'time from the last fault reverted until a journey is well and stays so',
  problems: (spec) => problemsOf(params, spec),
  judge(spec, record) {
    const { journey, withinMs, success, bucketMs, fault } = paramsOf(params, spec)
    const limits = { unit: 'ms', threshold: withinMs, good: 'at most' } as const
    const from = lastRevertMs(record, fault)
    const to = watchedUntilMs(record)
    if (from === null || to === null)
      return nothingSeen(
        from === null ? 'no fault was seen reverted' : 'recovery was not watched to its end',
        limits,
      )

    // Rounded, so that a short rest at the end belongs to the bucket before it.
    const buckets = Math.max(1, Math.round((to - from) / bucketMs))
    const visited = new Uint32Array(buckets)
    const succeeded = new Uint32Array(buckets)
    const failed = suspects()
    let n = 0
    eachVisit(record, [journey], { fromMs: from, toMs: to }, (visits, row, name) => {
      const sinceMs = visits.dueMs[row]! - from
      const bucket = Math.min(buckets - 1, Math.floor(sinceMs / bucketMs))
      const ok = visits.ok[row] === 1
      n++
      visited[bucket]! += 1
      if (ok) succeeded[bucket]! += 1
      else if (sinceMs >= withinMs) failed.add(visits, row, name)
    })
    if (n === 0) return nothingSeen('no visit was due after the fault was reverted', limits)

    const shareOf = (bucket: number) => succeeded[bucket]! / visited[bucket]!
    const lastSeen = visited.findLastIndex((count) => count > 0)
    const lastBad = visited.findLastIndex((count, bucket) => count > 0 && shareOf(bucket) < success)
    const never = lastBad >= 0 && lastBad === lastSeen
    const badFromMs = Math.max(0, lastBad * bucketMs)
    const wellFromMs = (lastBad + 1) * bucketMs
    const evidence: Evidence = {
      n,
      ...limits,
      estimate: never ? null : wellFromMs,
      interval: [badFromMs, never ? null : wellFromMs],
      smallestDetectable: bucketMs,
    }

    const limitsSaid = `at most ${formatMs(withinMs)} allowed; ${n} visits in the ${formatMs(to - from)} watched`
    if (never) {
      const last = `the last bucket has ${percent(shareOf(lastBad))} success, not ${percent(success)}`
      const said = `never recovered: ${last} (${limitsSaid})`
      // Still bad when the watch ended, but the bound had not passed yet.
      if (badFromMs < withinMs)
        return {
          verdict: 'inconclusive',
          evidence,
          said: `${said}; a longer recovery act would decide`,
          lookAt: failed.words(),
        }
      return { verdict: 'deviates', evidence, said, lookAt: failed.words() }
    }

    const found = lastBad < 0 ? 'at once' : `after ${formatMs(badFromMs)} – ${formatMs(wellFromMs)}`
    const said = `recovered ${found} (${limitsSaid})`
    if (wellFromMs <= withinMs) return { verdict: 'holds', evidence, said }
    if (badFromMs >= withinMs) return { verdict: 'deviates', evidence, said, lookAt: failed.words() }
    return {
      verdict: 'inconclusive',
      evidence,
      said: `${said}; the bound lies within a bucket, finer ones would decide`,
      lookAt: failed.words(),
    }
  },
}
