import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Alarm, type AlarmSettings, createAlarm } from '../../../services/situation-room/alarm.ts'
import type { Reading } from '../../../services/situation-room/probes/reading.ts'
import { createStreak, type Streak } from '../../../services/situation-room/streak.ts'

const settings: AlarmSettings = {
  consecutiveRed: 2,
  consecutiveGreen: 3,
  holdDownMs: 1_000,
  flapWindowMs: 60_000,
  maxHoldDownMs: 3_000,
}

let here: Streak
let there: Streak
let alarm: Alarm
let now: number

beforeEach(() => {
  here = createStreak('here')
  there = createStreak('there')
  now = 1_000_000
  alarm = createAlarm({ name: 'gpki', streaks: [here, there], settings, startedAt: now })
})

type Colour = Reading['colour']

/** One round of probes, every 250 ms. @returns what the alarm did */
function see(ofHere: Colour, ofThere: Colour) {
  now += 250
  here.note({ colour: ofHere, at: now, tookMs: 1, error: '' })
  there.note({ colour: ofThere, at: now, tookMs: 1, error: '' })
  return alarm.assess(now)
}

const both = (colour: Colour) => see(colour, colour)

/** @returns the ms of unbroken green that it took to clear */
function recover(): number {
  const began = now + 250
  while (both('green') !== 'cleared') if (now - began > 60_000) throw new Error('it never cleared')
  return now - began
}

describe('createAlarm', () => {
  it('is raised by enough reds in a row at every vantage point', () => {
    both('green')
    expect(both('red')).toBeUndefined()
    expect(both('red')).toBe('raised')
    expect(both('red')).toBeUndefined()
  })

  it('is not raised by one vantage point, by reds that take turns, nor by blindness', () => {
    both('green')
    for (let round = 0; round < 50; round++) {
      expect(see('red', 'green')).toBeUndefined()
      expect(see('green', 'red')).toBeUndefined()
      expect(see('red', 'blind')).toBeUndefined()
      expect(see('red', 'blind')).toBeUndefined()
      expect(both('blind')).toBeUndefined()
      expect(see('green', 'blind')).toBeUndefined()
    }
  })

  it('is raised in a room that is blind every other time: that proves no recovery', () => {
    both('green')
    both('red')
    expect(both('blind')).toBeUndefined()
    expect(both('red')).toBe('raised')
    expect(here.lastRed?.at).toBe(now)
  })

  it('dates the outage from the last green, so that it begins no later than the fault', () => {
    both('green')
    const lastGreen = now
    both('red')
    both('red')
    expect(alarm.raised).toMatchObject({ since: lastGreen, raisedAt: now, clearedAt: undefined })
  })

  it('is cleared by enough greens over the whole hold-down at every vantage point', () => {
    both('green')
    both('red')
    both('red')
    expect(recover()).toBe(1_000)
    expect(alarm.raised).toBeUndefined()
    expect(alarm.history).toMatchObject([{ clearedAt: now }])
  })

  it.each(['red', 'blind'] as const)('begins the hold-down anew after one %s', (colour) => {
    both('green')
    both('red')
    both('red')
    for (let round = 0; round < 4; round++) both('green')
    see('green', colour)
    expect(recover()).toBe(1_000)
  })

  it('waits twice as long after each relapse, up to a limit, and is itself again after a quiet time', () => {
    both('green')
    const waits: number[] = []
    for (let relapse = 0; relapse < 4; relapse++) {
      both('red')
      both('red')
      waits.push(recover())
    }
    expect(waits).toEqual([1_000, 2_000, 3_000, 3_000])
    now += settings.flapWindowMs
    both('red')
    both('red')
    expect(recover()).toBe(1_000)
  })

  it('never changes faster than the hold-down, whatever it sees', () => {
    const colours = fc.constantFrom<Colour>('green', 'red', 'blind')
    fc.assert(
      fc.property(fc.array(fc.tuple(colours, colours), { maxLength: 200 }), (rounds) => {
        const streaks = [createStreak('one'), createStreak('two')]
        const watched = createAlarm({ name: 'any', streaks, settings, startedAt: 0 })
        let raisedAt: number | undefined
        for (const [index, colour] of rounds.entries()) {
          const at = index * 250
          for (const [who, streak] of streaks.entries()) {
            streak.note({ colour: colour[who]!, at, tookMs: 1, error: '' })
          }
          const change = watched.assess(at)
          if (change === 'raised') {
            expect(colour).not.toContain('green')
            raisedAt = at
          }
          if (change === 'cleared') {
            expect(colour).toEqual(['green', 'green'])
            expect(at - raisedAt!).toBeGreaterThan(settings.holdDownMs)
          }
        }
      }),
    )
  })

  it('believes no red before everything was seen to work once, but not for ever', () => {
    for (let round = 0; round < 10; round++) expect(both('red')).toBeUndefined()
    now += 5_000
    expect(both('red')).toBe('raised')
  })

  it('takes up an outage that is older than itself', () => {
    alarm.adopt(500_000, now)
    expect(alarm.raised).toMatchObject({ since: 500_000 })
    expect(recover()).toBe(1_000)
  })
})
