/**
 * F1 at packet level, as it was measured: a private network namespace, MTU 1500, 300 connections a size, and
 * `iptables -A INPUT -p tcp -m length --length 1500:65535 -m statistic --mode random --probability 0.9 -j DROP`.
 * Shares of requests answered in time. Stand-in and packets alike are held against it.
 */
export const measured: readonly { requestBytes: number; within3s: number; within30s: number }[] = [
  { requestBytes: 500, within3s: 1, within30s: 1 },
  { requestBytes: 1400, within3s: 1, within30s: 1 },
  { requestBytes: 1600, within3s: 0.41, within30s: 0.61 },
  { requestBytes: 3000, within3s: 0.17, within30s: 0.38 },
  { requestBytes: 4500, within3s: 0.06, within30s: 0.24 },
  { requestBytes: 8000, within3s: 0.02, within30s: 0.08 },
]

/** Connections of each size behind a measured share, and those of a test that holds packets against it. */
const measuredSamples = 300
export const testSamples = 600

/** How far a share may be from the measured one, in any case. */
const toleratedPoints = 0.1

/**
 * Whether `share` of `samples` agrees with a measured one: within four standard errors of the difference and within the
 * tolerated points; and something was answered if something was answered then.
 */
export function agrees(share: number, samples: number, expected: number): boolean {
  const error = Math.sqrt(expected * (1 - expected) * (1 / samples + 1 / measuredSamples))
  // Of a share of 1 no error can be computed: three in 300 could have been missed.
  const tolerated = Math.min(toleratedPoints, Math.max(4 * error, 3 / measuredSamples))
  return Math.abs(share - expected) <= tolerated && (share > 0 || expected === 0)
}
