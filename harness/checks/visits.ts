import type { Observations } from '../journal/observations.ts'
import { placesInOrder } from '../stats/order.ts'
import type { Seen } from './check-kind.ts'
import type { Span } from './window.ts'

/** Calls `each` for every visit of these journeys that was due in the span. Plain loops: an arm may hold a million. */
export function eachVisit(
  record: Seen,
  journeys: readonly string[],
  span: Span,
  each: (visits: Observations, row: number, journey: string) => void,
): void {
  for (const journey of new Set(journeys)) {
    const visits = record.observations.get(journey)
    if (visits === undefined) continue
    for (let row = 0; row < visits.size; row++) {
      const due = visits.dueMs[row]!
      if (due >= span.fromMs && due < span.toMs) each(visits, row, journey)
    }
  }
}

/** Values of visits in order of their intended start, in whatever order they are added. */
export function overTime(): {
  add(visits: Observations, row: number, value: number): void
  values(): Float64Array
} {
  const dueMs: number[] = []
  const added: number[] = []
  return {
    add(visits, row, value) {
      dueMs.push(visits.dueMs[row]!)
      added.push(value)
    },
    values() {
      const places = placesInOrder(dueMs)
      const values = new Float64Array(places.length)
      for (let i = 0; i < values.length; i++) values[i] = added[places[i]!]!
      return values
    },
  }
}

/** How many visits are named for a person to look at. */
const shown = 5

/** Gathers the first few visits (by intended start) that a check objects to. */
export function suspects(): {
  add(visits: Observations, row: number, journey: string, note?: string): void
  words(): string[]
} {
  const first: { dueMs: number; said: string }[] = []

  function add(visits: Observations, row: number, journey: string, note?: string): void {
    const dueMs = visits.dueMs[row]!
    if (first.length === shown && dueMs >= first[shown - 1]!.dueMs) return
    const said = `${journey} #${visits.arrival[row]} at ${offset(dueMs)}: ${note ?? visits.outcome(row)}`
    const place = first.findIndex((other) => other.dueMs > dueMs)
    first.splice(place < 0 ? first.length : place, 0, { dueMs, said })
    first.length = Math.min(first.length, shown)
  }

  return { add, words: () => first.map(({ said }) => said) }
}

/** When in its arm: `+4.2 s`. */
export function offset(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${(Math.abs(ms) / 1000).toFixed(1)} s`
}

/** `2 timed-out, 1 shed`, the commonest first. */
export function tally(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ')
}
