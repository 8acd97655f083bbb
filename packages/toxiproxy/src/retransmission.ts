import type { Random } from './random.ts'

/** Payload of a full-size packet, in bytes: an MTU of 1,500 less what `HEADER_BYTES` takes. */
export const SEGMENT_BYTES = 1448
/** IPv4 20, TCP 20, TCP timestamps 12: what a packet has beside its payload, in bytes. */
const HEADER_BYTES = 52
/** Linux waits a round trip and at least 200 ms (TCP_RTO_MIN) for an acknowledgement; twice as long each time … */
const FIRST_TIMEOUT_MS = 201
/** … up to this (TCP_RTO_MAX). */
const LONGEST_TIMEOUT_MS = 120_000
/** No path to a delay of more: a timer that long is none. */
const FOREVER_MS = 2 ** 31 - 1

export interface Loss {
  /** Packets of so many bytes and more, headers included, are lost … */
  readonly minBytes: number
  /** … with this probability, each time they are sent. */
  readonly probability: number
}

/**
 * When the segments arrive into which TCP cuts up what is written at once, on a path that loses packets. Each is sent,
 * sent again as soon as what follows it has told of the hole (SACK; of the last one the tail-loss probe), and then again
 * whenever the retransmission timeout passes, which doubles: 0.2, 0.6, 1.4, 3.0 s … Nothing arrives before what was
 * written before it.
 * @returns for each segment in turn, ms from now
 */
export function arrivalsMs(bytes: number, { minBytes, probability }: Loss, random: Random): number[] {
  const arrivals: number[] = []
  let laterMs = 0
  for (let from = 0; from < bytes; from += SEGMENT_BYTES) {
    const packetBytes = Math.min(SEGMENT_BYTES, bytes - from) + HEADER_BYTES
    if (packetBytes >= minBytes) laterMs = Math.max(laterMs, delayMs(triesUntilPassed(probability, random())))
    arrivals.push(laterMs)
  }
  return arrivals
}

/** Geometric, from one draw: the chance that k tries are all lost is probability ** k. */
function triesUntilPassed(probability: number, draw: number): number {
  if (probability >= 1) return Number.POSITIVE_INFINITY
  return 1 + Math.floor(Math.log(1 - draw) / Math.log(probability))
}

function delayMs(tries: number): number {
  let atMs = 0
  let timeoutMs = FIRST_TIMEOUT_MS
  for (let timeouts = tries - 2; timeouts > 0 && atMs < FOREVER_MS; timeouts--) {
    atMs += timeoutMs
    timeoutMs = Math.min(2 * timeoutMs, LONGEST_TIMEOUT_MS)
  }
  return Math.min(atMs, FOREVER_MS)
}
