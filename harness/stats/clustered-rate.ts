import type { Interval } from './confidence.ts'
import { effectiveOf } from './effective-sample.ts'
import { longRun } from './long-run.ts'
import { poissonInterval } from './poisson.ts'

interface ClusteredRate {
  /** Events in the span. */
  readonly count: number
  readonly perSecond: number
  /** As many independent events would tell as much; `count` or fewer. */
  readonly effective: number
  /** Per second. */
  readonly interval: Interval
}

/**
 * The rate of events in a span of time, per second, with a 95 % interval that knows that they, or the gaps between
 * them, come in bursts: Garwood's, with count and time divided by the index of dispersion (the long-run variance of
 * counts in equal bins, over their mean). Events as regular as a Poisson stream, or more so, have Garwood's own.
 *
 * Source: D. R. Cox and P. A. W. Lewis, "The Statistical Analysis of Series of Events" (1966) §4.5 (index of
 * dispersion); P. McCullagh and J. A. Nelder, "Generalized Linear Models", 2nd ed. (1989) §6.2 (overdispersed counts).
 *
 * @param atMs when each event was, ms, in any order; those outside of the span are not counted
 * @throws RangeError unless the span has a length
 * @example clusteredRate([100, 600, 1100, 1600], 0, 2000).perSecond // 2
 */
export function clusteredRate(atMs: ArrayLike<number>, fromMs: number, toMs: number): ClusteredRate {
  if (!(toMs > fromMs && Number.isFinite(toMs - fromMs)))
    throw new RangeError(`from ${fromMs} to ${toMs} ms is no span`)
  const seconds = (toMs - fromMs) / 1000
  let count = 0
  for (let i = 0; i < atMs.length; i++) if (atMs[i]! >= fromMs && atMs[i]! < toMs) count++
  const effective = effectiveEvents(atMs, fromMs, toMs, count)
  return { count, perSecond: count / seconds, effective, interval: rateInterval(count, seconds, effective) }
}

/** The 95 % interval, per second, of a rate that was `count` in so many seconds and is worth `effective` events. */
export function rateInterval(count: number, seconds: number, effective: number): Interval {
  const each = count === 0 ? 1 : count / effective
  const whole = Math.floor(effective)
  const [low, high] = poissonInterval(whole)
  if (whole === effective) return [(low * each) / seconds, (high * each) / seconds]
  // Garwood's ends are smooth in the count, but only whole counts have them.
  const [nextLow, nextHigh] = poissonInterval(whole + 1)
  const part = effective - whole
  return [
    ((low + part * (nextLow - low)) * each) / seconds,
    ((high + part * (nextHigh - high)) * each) / seconds,
  ]
}

/** Few bins for many events: in fine ones the noise of single events hides that gaps last. Of fewer events nothing is told. */
const bins = { most: 120, fewest: 40, events: 4, fewestEvents: 40 } as const

function effectiveEvents(atMs: ArrayLike<number>, fromMs: number, toMs: number, count: number): number {
  if (count < bins.fewestEvents) return count
  const length = Math.min(bins.most, Math.max(bins.fewest, Math.floor(count / bins.events)))
  const counts = new Float64Array(length)
  const perMs = length / (toMs - fromMs)
  for (let i = 0; i < atMs.length; i++) {
    const at = atMs[i]!
    if (at >= fromMs && at < toMs) counts[Math.min(length - 1, Math.floor((at - fromMs) * perMs))]!++
  }
  const mean = count / length
  let squares = 0
  for (const inBin of counts) squares += (inBin - mean) ** 2
  const { designEffect, degrees } = longRun(counts)
  const dispersion = (squares / (length - 1) / mean) * designEffect
  // No more regular than chance: nothing was estimated that could be badly known.
  if (dispersion <= 1) return count
  // The bins' own variance is known with length − 1 degrees of freedom.
  const known = 1 / (1 / degrees + 1 / (length - 1))
  return effectiveOf(count, { designEffect: dispersion, degrees: known })
}
