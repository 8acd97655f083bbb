import type { Evidence } from '../model/check.ts'
import { formatMs } from '../model/units.ts'

/** `97.2 %`; more digits if rounding would show 0 % or 100 % for a share that is neither. */
export function percent(share: number): string {
  const value = share * 100
  for (let digits = 1; digits < 6; digits++) {
    const rounded = Number(value.toFixed(digits))
    if ((rounded !== 100 || value === 100) && (rounded !== 0 || value === 0)) return `${rounded} %`
  }
  return `${value} %`
}

/** A figure in its unit; `null`: unbounded. */
export function figure(value: number | null, unit: Evidence['unit']): string {
  if (unit === 'ms') return formatMs(value ?? Number.POSITIVE_INFINITY)
  if (value === null) return 'unbounded'
  if (unit === 'share') return percent(value)
  return unit === 'count' ? String(value) : `${Number(value.toFixed(value < 10 ? 2 : 1))}/s`
}

/** `, n_eff 61` if the effective sample is smaller than the sample by more than a tenth; else nothing. */
export function effectiveWords({ n, effective = n }: Pick<Evidence, 'n' | 'effective'>): string {
  return n > effective * 1.1 ? `, n_eff ${Math.round(effective)}` : ''
}

/** `97.2 % (95 % interval 94.1 % – 98.7 %, 210 visits) against at least 95 %`. */
export function figuresOf(evidence: Evidence, samples: string): string {
  const { unit, estimate, interval, threshold, good } = evidence
  const [low, high] = interval ?? [null, null]
  // Both ends unbounded: an interval from never to never says nothing more.
  const range =
    low === null && high === null ? '' : `95 % interval ${figure(low, unit)} – ${figure(high, unit)}, `
  return `${figure(estimate, unit)} (${range}${evidence.n} ${samples}${effectiveWords(evidence)}) against ${good} ${figure(threshold, unit)}`
}

/** Added to the sentence of a check that could not decide. */
export function undecidedWords(samplesToDecide: number | undefined, samples: string): string {
  return samplesToDecide === undefined
    ? `; too near to tell with any number of ${samples}`
    : `; about ${samplesToDecide} ${samples} would decide`
}
