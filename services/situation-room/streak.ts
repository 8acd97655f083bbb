import type { Reading } from './probes/reading.ts'

/** How one vantage point has seen one system lately. */
export interface Streak {
  readonly name: string
  /** Reds since the last green: a blind reading proves no recovery, and they go on behind it. */
  readonly reds: number
  /** Readings in a row of that colour, up to the last one: a recovery must be seen without a break. */
  readonly greens: number
  readonly blinds: number
  /** Epoch ms of the first green of the row, and of the last green ever; undefined when there is none. */
  readonly greenSince: number | undefined
  readonly lastGreenAt: number | undefined
  readonly last: Reading | undefined
  /** The last red; undefined while there are none since the last green. */
  readonly lastRed: Reading | undefined
  note(reading: Reading): void
}

export function createStreak(name: string): Streak {
  let reds = 0
  let greens = 0
  let blinds = 0
  let greenSince: number | undefined
  let lastGreenAt: number | undefined
  let last: Reading | undefined
  let lastRed: Reading | undefined
  return {
    name,
    get reds() {
      return reds
    },
    get greens() {
      return greens
    },
    get blinds() {
      return blinds
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
    get lastRed() {
      return lastRed
    },
    note(reading) {
      last = reading
      greens = reading.colour === 'green' ? greens + 1 : 0
      blinds = reading.colour === 'blind' ? blinds + 1 : 0
      if (reading.colour === 'red') {
        reds += 1
        lastRed = reading
      }
      if (reading.colour === 'green') {
        reds = 0
        lastRed = undefined
        if (greens === 1) greenSince = reading.at
        lastGreenAt = reading.at
      } else greenSince = undefined
    },
  }
}
