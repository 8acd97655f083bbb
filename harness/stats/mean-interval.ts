import { type Interval, z95 } from './confidence.ts'
import { studentPoint } from './student.ts'

/** A mean and its 95 % interval; null where there are too few values to know how they scatter. */
export interface MeanEstimate {
  readonly mean: number
  readonly interval: Interval | null
}

/**
 * 97.5 % points of Student's t where the expansion of `studentPoint` is not good enough, by degrees of freedom.
 * Source: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), table 26.10.
 */
const exact: Readonly<Record<number, number>> = { 1: 12.706, 2: 4.303, 3: 3.182 }

/**
 * Mean of independent values with its 95 % interval by Student's t. Two equal values have an interval of no width: they
 * tell nothing of how others would scatter, so read it with the number of values.
 * @throws RangeError without a value
 * @example
 * meanInterval([10, 12, 14]) // { mean: 12, interval: [7.03…, 16.96…] }
 */
export function meanInterval(values: readonly number[]): MeanEstimate {
  const n = values.length
  if (n === 0) throw new RangeError('there is no mean of no values')
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  if (n === 1) return { mean, interval: null }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const half = (exact[n - 1] ?? studentPoint(z95, n - 1)) * Math.sqrt(variance / n)
  return { mean, interval: [mean - half, mean + half] }
}
