import type { FaultTimes } from '../model/fault.ts'
import type { ToxicSpec } from '../model/toxics.ts'
import { onLink, toxicFault } from './on-link.ts'

/** Longer than any fault lasts, ms: a day. */
const heldBackMs = 86_400_000

/**
 * Silence in both directions, ends included. `timeout` with 0 drops all data; `slow_close` before it holds the end of the
 * stream back, which else would tell each side that the other is gone.
 */
const silence = (['upstream', 'downstream'] as const).flatMap(
  (stream): Omit<ToxicSpec, 'name' | 'toxicity'>[] => [
    { type: 'slow_close', stream, attributes: { delay: heldBackMs } },
    { type: 'timeout', stream, attributes: { timeout: 0 } },
  ],
)

/**
 * The far end accepts connections and never answers: how GPKI failed on 17 November 2023 (T2, F4). A TCP health check
 * passes. Nothing is heard in either direction, not even a close, for as long as it lasts; reverting closes the stalled
 * connections.
 * @example stall('l4→gpki-a', { from: '1s', to: '5s' })
 */
export function stall(link: string, times: FaultTimes = {}) {
  return onLink('stall', link, times)
}

export const stallKind = toxicFault({
  kind: 'stall',
  summary: 'accepts connections and never answers',
  toxics: () => silence,
  bites: (trip) => !trip.answered && trip.how === 'silent',
  // A server that answers and closes must not be heard either, nor one that closes because its user has.
  probe: { endings: ['kept-alive', 'close', 'half-close'] },
})
