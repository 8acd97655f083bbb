import exec from 'k6/execution'

/**
 * Epoch ms with fractions. k6 has no `performance`: its `Date.now()` counts whole ms, its own test clock nanoseconds.
 * The one is laid over the other at the moment the whole ms changes.
 */
export function fineClock(): () => number {
  const before = Date.now()
  let at = before
  while (at === before) at = Date.now()
  const origin = at - exec.instance.currentTestRunDuration
  return () => origin + exec.instance.currentTestRunDuration
}

export function sleep(ms: number): Promise<void> {
  return new Promise((done) => void setTimeout(done, ms))
}
