import { beforeEach, describe, expect, it } from 'vitest'
import { type Blindness, createBlindness } from '../../../services/situation-room/blindness.ts'
import type { Reading } from '../../../services/situation-room/probes/reading.ts'
import { createStreak, type Streak } from '../../../services/situation-room/streak.ts'

let here: Streak
let there: Streak
let blindness: Blindness
let now: number

beforeEach(() => {
  here = createStreak('here')
  there = createStreak('there')
  now = 0
  blindness = createBlindness([here, there], 3)
})

function see(ofHere: Reading['colour'], ofThere: Reading['colour'], isTold = false) {
  now += 250
  here.note({ colour: ofHere, at: now, tookMs: 1, error: '' })
  there.note({ colour: ofThere, at: now, tookMs: 1, error: '' })
  return blindness.assess(now, isTold)
}

describe('a room that sees nothing', () => {
  it('says so after so many blind readings in a row at one vantage point, and since when', () => {
    see('green', 'green')
    expect(see('green', 'blind')).toBeUndefined()
    expect(see('green', 'blind')).toBeUndefined()
    expect(see('red', 'blind')).toBe('raised')
    expect(see('red', 'blind')).toBeUndefined()
    expect(blindness.raised).toEqual({ name: 'blind', since: 250, raisedAt: 1_000, clearedAt: undefined })
    expect(see('red', 'red')).toBe('cleared')
    expect(blindness.raised).toBeUndefined()
    expect(blindness.history).toMatchObject([{ raisedAt: 1_000, clearedAt: 1_500 }])
  })

  it('says nothing where it sees something in between, or where another alarm tells why it does not', () => {
    for (let round = 0; round < 10; round++) {
      expect(see('blind', 'green')).toBeUndefined()
      expect(see('blind', 'blind')).toBeUndefined()
      expect(see('red', 'green')).toBeUndefined()
    }
    for (let round = 0; round < 10; round++) expect(see('red', 'blind', true)).toBeUndefined()
    expect(see('red', 'blind')).toBe('raised')
  })
})
