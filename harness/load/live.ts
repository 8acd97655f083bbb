import { type Due, hundredths, type Outcome } from './visits.ts'

// Live figures, for a person to watch. Runs within k6 too, so it imports nothing from Node.

/** What became of a journey's visits since it was last asked. */
export interface LiveVisits {
  arrived: number
  ok: number
  failed: number
  /** How long those took that are over, ms. */
  tookMs: number[]
}

/** Visits by journey, since the last take. */
export function liveVisits(): {
  due(visit: Due): void
  over(visit: Due, how: Outcome): void
  add(journey: string, visits: LiveVisits): void
  take(): Map<string, LiveVisits>
} {
  let live = new Map<string, LiveVisits>()
  const of = (journey: string): LiveVisits => {
    let entry = live.get(journey)
    if (entry === undefined) {
      entry = { arrived: 0, ok: 0, failed: 0, tookMs: [] }
      live.set(journey, entry)
    }
    return entry
  }
  return {
    due({ journey }) {
      of(journey.name).arrived++
    },
    over({ journey }, { ok, tookMs }) {
      const entry = of(journey.name)
      if (ok) entry.ok++
      else entry.failed++
      entry.tookMs.push(hundredths(tookMs))
    },
    add(journey, { arrived, ok, failed, tookMs }) {
      const entry = of(journey)
      entry.arrived += arrived
      entry.ok += ok
      entry.failed += failed
      for (const ms of tookMs) entry.tookMs.push(ms)
    },
    take() {
      const taken = live
      live = new Map()
      return taken
    },
  }
}

/** Live figures as they are shown. */
export function shown(
  live: ReadonlyMap<string, LiveVisits>,
): Record<string, { arrived: number; ok: number; failed: number; p95Ms: number }> {
  return Object.fromEntries(
    [...live].map(([journey, { tookMs, ...counts }]) => [journey, { ...counts, p95Ms: p95(tookMs) }]),
  )
}

function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(0.95 * sorted.length))] ?? 0
}
