import type { Evidence } from '../model/check.ts'

/**
 * The evidence of what was counted, of which none may be: everything was looked at, so there is nothing left to estimate.
 * @param n how much was looked at
 * @param found how many of it break the check; null where nothing can be said
 */
export function counted(n: number, found: number | null): Evidence {
  return {
    n,
    unit: 'count',
    estimate: found,
    interval: found === null ? null : [found, found],
    threshold: 0,
    good: 'at most',
    smallestDetectable: found === null ? null : 1,
  }
}
