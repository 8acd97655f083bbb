import type { Observations } from '../journal/observations.ts'
import type { Series } from '../model/result.ts'

/** Widths that people read easily, ms. */
const widthsMs = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000]

/** As many bins as a curve needs, at most. */
const mostBins = 100

/** How one journey fared over an arm's planned time; all of its visits are in it, binned by when they were due. */
export function seriesOf(visits: Observations, armMs: number): Series {
  const binMs = widthsMs.find((width) => armMs / width <= mostBins) ?? Math.ceil(armMs / mostBins)
  const bins = Math.max(1, Math.ceil(armMs / binMs))
  const arrivals = new Array<number>(bins).fill(0)
  const tookMs = Array.from({ length: bins }, (): number[] => [])
  for (let row = 0; row < visits.size; row++) {
    const bin = binOf(visits.dueMs[row]!, { binMs, bins })
    arrivals[bin]!++
    if (visits.ok[row] === 1) tookMs[bin]!.push(visits.tookMs[row]!)
  }
  const sorted = tookMs.map((bin) => Float64Array.from(bin).sort())
  return {
    binMs,
    arrivals,
    ok: sorted.map(({ length }) => length),
    p50Ms: sorted.map((bin) => at(bin, 0.5)),
    p95Ms: sorted.map((bin) => at(bin, 0.95)),
  }
}

/** The bin of a visit that is due then, ms from the arm's start; what is due before the first or after the last is in it. */
export function binOf(
  dueMs: number,
  { binMs, bins }: { readonly binMs: number; readonly bins: number },
): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(dueMs / binMs)))
}

/** Of those due from `fromMs` on who succeeded, ms; null: nobody. */
export function p95Of(visits: Observations, fromMs: number): number | null {
  const tookMs: number[] = []
  for (let row = 0; row < visits.size; row++)
    if (visits.ok[row] === 1 && visits.dueMs[row]! >= fromMs) tookMs.push(visits.tookMs[row]!)
  return at(Float64Array.from(tookMs).sort(), 0.95)
}

/** The smallest value that at least this share does not exceed. */
function at(ascending: Float64Array, share: number): number | null {
  if (ascending.length === 0) return null
  return ascending[Math.ceil(share * ascending.length) - 1]!
}
