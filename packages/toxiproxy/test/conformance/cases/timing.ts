import { expect } from 'vitest'

/** Timers may be early by their own grain, and late by whatever else the machine does. */
export const EARLY_MS = 3
const LATE_MS = 400

export function expectTook(tookMs: number, wantedMs: number, toleranceMs = 0) {
  expect(tookMs).toBeGreaterThanOrEqual(wantedMs - toleranceMs - EARLY_MS)
  expect(tookMs).toBeLessThan(wantedMs + toleranceMs + LATE_MS)
}

export async function timed(action: () => Promise<unknown>): Promise<number> {
  const sinceMs = performance.now()
  await action()
  return performance.now() - sinceMs
}
