/** How often the harness looks at the clock, ms. */
const beatMs = 100

/**
 * A pause that is worth telling, ms: an order that comes later than this is late for most faults. † ours.
 */
const tellFromMs = 300

/**
 * Notices when this process stood still: it was stopped, starved, or the machine slept. Orders came late then, and what
 * was seen in the meantime was seen too late. The epoch clock goes on while a machine sleeps, so it is the one looked at.
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
