/** How often the harness looks at the clock, ms. */
const beatMs = 100

/**
 * A pause that is reported, ms. Most faults would be injected or reverted too late by this much. † ours.
 */
const tellFromMs = 300

/**
 * Notices when this process stood still: it was stopped, got no CPU, or the machine slept. Faults are then injected late
 * and observations are read late. It reads the epoch clock, because that one goes on while a machine sleeps.
 *
 * @param stoodStill told of each pause, ms, as soon as it is over
 */
export function watchHeartbeat(stoodStill: (forMs: number) => void): Disposable {
  let last = Date.now()
  const timer = setInterval(() => {
    const now = Date.now()
    const forMs = now - last - beatMs
    last = now
    if (forMs >= tellFromMs) stoodStill(forMs)
  }, beatMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
