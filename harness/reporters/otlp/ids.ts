import { createHash } from 'node:crypto'

/** Of the run's own trace, which holds scenarios, arms, acts, faults and actions: 32 hexadecimal digits. */
export function runTraceIdOf(run: string): string {
  return digits(['run', run], 32)
}

/**
 * Of a span: 16 hexadecimal digits, the same each time the run is told, another for every run, attempt and arm. Visits of
 * several arms, scenarios and runs may share a trace, so what tells them apart belongs to the parts.
 * @example spanIdOf(run, scenario, arm, attempt, 'fault', id)
 */
export function spanIdOf(...parts: readonly (string | number)[]): string {
  return digits(parts, 16)
}

/** All zeros would be no id; a digest's first half is that once in 2⁶⁴. */
function digits(parts: readonly (string | number)[], count: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, count)
}
