import { type FaultTimes, onLink, toxicFault } from './on-link.ts'

/**
 * The far end accepts connections and never answers: how GPKI failed on 17 November 2023 (T2, F4). A TCP health check
 * passes. Toxiproxy's `timeout` toxic with timeout 0 on the way back; reverting closes the stalled connections.
 */
export function stall(link: string, times: FaultTimes = {}) {
  return onLink('stall', link, times)
}

export const stallKind = toxicFault({
  kind: 'stall',
  summary: 'accepts connections and never answers',
  toxics: () => [{ type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } }],
  bites: (trip) => !trip.answered && trip.how === 'silent',
})
