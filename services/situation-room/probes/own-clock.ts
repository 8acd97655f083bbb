/** A timer this much late was held up by this process or its machine, in ms. † ours. */
const toleranceMs = 100

/**
 * How late a probe's own time-out came, in ms; 0 when it was on time. A room that stood still itself has seen
 * nothing: the answer may have been lying there.
 * @param startedAt of `performance.now()`
 */
export function lateness(startedAt: number, timeoutMs: number): number {
  const lateMs = performance.now() - startedAt - timeoutMs
  return lateMs > toleranceMs ? Math.round(lateMs) : 0
}

export function stoodStill(lateMs: number): string {
  return `this room stood still for ${lateMs} ms and cannot tell`
}
