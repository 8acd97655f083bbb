import type { Reading } from './probes/reading.ts'

/** How one vantage point has seen one system lately. */
export interface Streak {
  readonly name: string
  /** Readings in a row of that colour, up to the last one. */
  readonly reds: number
  readonly greens: number
  /** Epoch ms of the first green of the row, and of the last green ever; undefined when there is none. */
  readonly greenSince: number | undefined
  readonly lastGreenAt: number | undefined
  readonly last: Reading | undefined
  note(reading: Reading): void
}

export function createStreak(name: string): Streak {
  let reds = 0
  let greens = 0
  let greenSince: number | undefined
  let lastGreenAt: number | undefined
  let last: Reading | undefined
  return {
    name,
    get reds() {
      return reds
    },
    get greens() {
      return greens
    },
    get greenSince() {
      return greenSince
    },
    get lastGreenAt() {
      return lastGreenAt
    },
    get last() {
      return last
    },
    note(reading) {
      last = reading
      // A blind reading ends either row: it proves neither a fault nor a recovery.
      reds = reading.colour === 'red' ? reds + 1 : 0
      greens = reading.colour === 'green' ? greens + 1 : 0
      if (reading.colour === 'green') {
        if (greens === 1) greenSince = reading.at
        lastGreenAt = reading.at
      } else greenSince = undefined
    },
  }
}
