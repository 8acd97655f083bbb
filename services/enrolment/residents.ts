/**
 * The id of a resident of the mock, counted from 1. Not shaped like a resident registration number, on purpose:
 * no real person can be meant.
 */
export function residentId(index: number): string {
  return `resident-${String(index).padStart(6, '0')}`
}
