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

/** How far a share may be from the measured one. */
export const toleratedPoints = 0.1
