import { ask } from './ask.ts'
import { lateness, stoodStill } from './own-clock.ts'
import type { Reading } from './reading.ts'

/** Asks for the list of tenders, as a bidder does, by the line that bidders come by. */
export function createProcurementProbe(options: {
  readonly url: string
  /** Whoever waits longer is not served, in ms. */
  readonly timeoutMs: number
}): () => Promise<Reading> {
  const { url, timeoutMs } = options
  return async () => {
    const at = Date.now()
    const startedAt = performance.now()
    const reading = (colour: Reading['colour'], error = ''): Reading => ({
      colour,
      at,
      tookMs: Math.round(performance.now() - startedAt),
      error,
    })
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const { status } = await ask(`${url}/tenders`, { method: 'GET', signal })
      return status === 200 ? reading('green') : reading('red', `procurement answered ${status}`)
    } catch (error) {
      const lateMs = lateness(startedAt, timeoutMs)
      if (signal.aborted && lateMs > 0) return reading('blind', stoodStill(lateMs))
      return reading('red', (error as Error).message)
    }
  }
}
