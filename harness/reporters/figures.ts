import type { Evidence } from '../checks/check.ts'
import { percent } from '../checks/figures.ts'
import { formatMs } from '../experiment/units.ts'

/**
 * A check's evidence in one phrase: `99.1 % [97.8 % … 99.7 %], n 450`; of what is counted, not estimated, `0 of 107`.
 * An end of the interval that the sample cannot bound is `?`.
 */
export function evidenceInWords({ n, unit, estimate, interval }: Evidence): string {
  const figure = (value: number | null): string => (value === null ? '?' : inUnit(value, unit))
  if (unit === 'count') return `${figure(estimate)} of ${n}`
  const exact = interval === null || interval.every((end) => end === estimate)
  return `${figure(estimate)}${exact ? '' : ` [${figure(interval[0])} … ${figure(interval[1])}]`}, n ${n}`
}

function inUnit(value: number, unit: Evidence['unit']): string {
  switch (unit) {
    case 'share':
      return percent(value)
    case 'ms':
      return formatMs(value)
    case 'per second':
      return `${Number(value.toPrecision(3))}/s`
    case 'count':
      return String(value)
  }
}

/** A length of time for people, from seconds to minutes: `17.2 s`, `1 min 44 s`. */
export function lengthOf(ms: number): string {
  if (ms < 60_000) return formatMs(ms < 1000 ? ms : Math.round(ms / 100) * 100)
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `1 arrival`, `2 arrivals`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
