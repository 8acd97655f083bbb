export type Cancel = () => void

/** Calls `run` once `delayMs` have passed, to the millisecond: Node's timers know no less, and none is below one. */
export function after(delayMs: number, run: () => void): Cancel {
  const timer = setTimeout(run, delayMs)
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
