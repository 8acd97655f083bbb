/**
 * A histogram of short times with a constant footprint: 0.05 ms wide buckets to 10 ms, then 1 ms wide to 10 s. Enough
 * to state the generator's own lag; latencies of visits are kept exactly, in the journal.
 */
export function latencies(): {
  add(ms: number): void
  figures(): { lagP50Ms: number; lagP99Ms: number; lagMaxMs: number }
} {
  const fine = new Uint32Array(200)
  const coarse = new Uint32Array(10_000)
  let count = 0
  let maxMs = 0
  const quantile = (q: number): number => {
    let left = Math.ceil(q * count)
    for (let i = 0; i < fine.length; i++) {
      left -= fine[i]!
      if (left <= 0) return (i + 1) * 0.05
    }
    for (let i = 0; i < coarse.length; i++) {
      left -= coarse[i]!
      if (left <= 0) return i + 1
    }
    return maxMs
  }
  return {
    add(ms) {
      count++
      if (ms > maxMs) maxMs = ms
      if (ms < 10) fine[Math.max(0, Math.floor(ms / 0.05))]!++
      else coarse[Math.min(coarse.length - 1, Math.floor(ms))]!++
    },
    figures: () => ({
      lagP50Ms: count === 0 ? 0 : round(quantile(0.5)),
      lagP99Ms: count === 0 ? 0 : round(quantile(0.99)),
      lagMaxMs: round(maxMs),
    }),
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
