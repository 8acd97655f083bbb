import { z95 } from './confidence.ts'
import { type LongRun, longRun } from './long-run.ts'
import { studentPoint } from './student.ts'

/**
 * A sample is never taken for fewer independent values than this (or than it has). The assumption: a disturbance that
 * lasts a tenth of the window or more is what the window is about, not chance around it. Without it one long stretch of
 * failures, the usual sight of an outage, would be a single event of which nothing can be said.
 */
export const fewestEffective = 10

/**
 * The effective sample size of outcomes (0 or 1) in order of time: how many independent visits would tell as much about
 * the share. Failures that come in bursts tell less than as many apart. It includes that the bursts themselves are
 * known from few: an interval for so many independent visits is the right one, with nothing to add.
 *
 * All outcomes equal, or no correlation found: n. Nothing is known of bursts that did not occur, so a flawless sample is
 * trusted as it is. Never below {@link fewestEffective}.
 *
 * @example effectiveSample([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) // 10
 */
export function effectiveSample(outcomes: ArrayLike<number>): number {
  return effectiveOf(outcomes.length, longRun(outcomes, shareOf(outcomes)))
}

/** Of `n` values, as many as are worth an independent one, at the confidence that `z` stands for. */
export function effectiveOf(n: number, { designEffect, degrees }: LongRun, z = z95): number {
  // The interval of a share depends on z² / n alone: Student's t for z is the same as a smaller n.
  const worth = (n / designEffect) * (z / studentPoint(z, degrees)) ** 2
  return Math.min(n, Math.max(worth, fewestEffective))
}

/** The mean of zeros and ones; 0 of none. */
export function shareOf(outcomes: ArrayLike<number>): number {
  let ones = 0
  for (let i = 0; i < outcomes.length; i++) ones += outcomes[i]!
  return outcomes.length === 0 ? 0 : ones / outcomes.length
}
