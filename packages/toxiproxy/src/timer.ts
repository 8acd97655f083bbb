export type Cancel = () => void

/** Node's timers hold no more: one that is longer fires at once. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * Calls `run` once `delayMs` have passed, however many they are: never before, and as a rule within a millisecond behind.
 * Node's timers know no less, and count from when the event loop last looked at the clock, which is why one may fire early.
 */
export function after(delayMs: number, run: () => void): Cancel {
  const dueMs = performance.now() + delayMs
  let timer = setTimeout(check, Math.min(delayMs, LONGEST_MS))
  function check() {
    const leftMs = dueMs - performance.now()
    if (leftMs <= 0) run()
    else timer = setTimeout(check, Math.min(leftMs, LONGEST_MS))
  }
  return () => clearTimeout(timer)
}

/** The same to the microsecond. Below a millisecond it keeps a processor busy, turn by turn of the event loop. */
export function afterExactly(delayMs: number, run: () => void): Cancel {
  if (delayMs >= 1) return after(delayMs, run)
  const dueMs = performance.now() + delayMs
  let turn = setImmediate(check)
  function check() {
    if (performance.now() >= dueMs) run()
    else turn = setImmediate(check)
  }
  return () => clearImmediate(turn)
}
