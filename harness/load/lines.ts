import { type Due, hundredths, type Outcome } from './visits.ts'

// Journal lines, written alike by every driver. Runs within k6 too, so it imports nothing from Node.

/** An event as one line of JSON, without the line end. No name or outcome can break the line. */
export function lineOf(event: object): string {
  // JSON lets these two stand as they are, and readers of lines take them for ends of lines.
  return JSON.stringify(event).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)
}

/** A visit that is over, as a line of the journal. */
export function observationLine({ journey, stream, n, dueAt, lagMs }: Due, how: Outcome): string {
  return lineOf({
    kind: 'observation',
    at: hundredths(how.at),
    journey: journey.name,
    stream: stream.id,
    n,
    due: hundredths(dueAt),
    lagMs: hundredths(lagMs),
    tookMs: hundredths(how.tookMs),
    outcome: how.outcome,
    // Left out where there is none.
    took: how.took,
    ok: how.ok,
    steps: how.steps,
  })
}
