import { seeded } from '../../harness/load/random.ts'
import { clusteredQuantile } from '../../harness/stats/clustered-quantile.ts'
import { clusteredRate } from '../../harness/stats/clustered-rate.ts'
import { clusteredShare } from '../../harness/stats/clustered-share.ts'
import { placesInOrder } from '../../harness/stats/order.ts'
import { pairedEffect } from '../../harness/stats/paired-effect.ts'
import { atMost, fixed, median, type Row } from '../../packages/toxiproxy/bench/row.ts'

const visits = 1_000_000
const runs = 3

/** A million visits whose failures come in bursts: every interval that knows bursts, once each; CPU time. */
export async function run(): Promise<Row[]> {
  const random = seeded('bench')
  const [first, second] = [bursts(random), bursts(random)]
  // Visits end in another order than they began in.
  const dueMs = Float64Array.from({ length: visits }, (_, i) => i + 50 * random())
  const tookMs = Float64Array.from(first, (ok) =>
    ok === 1 ? 100 * (1 + random()) : Number.POSITIVE_INFINITY,
  )
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage()
    placesInOrder(dueMs)
    clusteredShare(first)
    clusteredRate(dueMs, 0, visits)
    clusteredQuantile(tookMs, 0.9)
    pairedEffect(first, second)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return [atMost('statistics, CPU for a million visits', median(times), 300, (ms) => `${fixed(ms, 0)} ms`)]
}

/** 95 of 100 are well; a stretch of failures lasts ten visits on average. */
function bursts(random: () => number): Uint8Array {
  let now = 1
  return Uint8Array.from({ length: visits }, () => {
    now = random() < (now === 1 ? 0.005 : 0.1) ? 1 - now : now
    return now
  })
}
