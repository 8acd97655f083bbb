import { describe, expect, it } from 'vitest'
import {
  beginAct,
  comingUp,
  countVisits,
  type UnderWay,
  underWayLines,
} from '../../../harness/reporters/console/under-way.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'
import { gpkiStall } from './plans.ts'

const [official, visitor] = gpkiStall.load
const plan = {
  ...gpkiStall,
  load: [
    { ...official!, users: 'officials' },
    { ...visitor!, users: 'attackers', successIs: 'turned away' },
  ],
}

function underFault(): UnderWay {
  const arm = comingUp(plan)
  beginAct(arm, 'fault', 10_000)
  const figures = (ok: number, failed: number) => ({ arrived: ok + failed, ok, failed, p95Ms: 9 })
  for (let i = 0; i < 2; i++)
    countVisits(arm, {
      at: 0,
      journeys: { [visitor!.journey]: figures(3, 0), [official!.journey]: figures(10, 30) },
      generator: {} as never,
    })
  return arm
}

describe('arms under way', () => {
  const options = { at: 13_240, paint: paint(false) }

  it('are told of with how each journey fares, in its own words', () => {
    const lines = underWayLines(new Map([['17-nov treated', underFault()]]), { ...options, rows: 10 })
    expect(lines).toEqual([
      expect.stringMatching(/^ {2}17-nov treated +fault 3\.2 s of 8 s$/),
      '      officials 25 % of 80 served · attackers 100 % of 6 turned away',
    ])
  })

  it('begin to count anew with each act', () => {
    const arm = underFault()
    beginAct(arm, 'recovery', 18_000)
    expect(underWayLines(new Map([['a', arm]]), { ...options, rows: 10 })).toHaveLength(1)
  })

  it('say what they do while no act runs', () => {
    const arm = comingUp(plan)
    arm.doing = 'starting saeol'
    expect(underWayLines(new Map([['a', arm]]), { ...options, rows: 10 })).toEqual([
      expect.stringMatching(/^ {2}a +starting saeol$/),
    ])
  })

  it.each([
    [6, 6, 'all there is'],
    [5, 3, 'a line an arm'],
    [3, 3, 'a line an arm'],
    [2, 2, 'and 2 more arms'],
    [1, 1, 'and 3 more arms'],
  ])('take no more than %i rows: %i lines, %s', (rows, lines, what) => {
    const arms = new Map(['a', 'b', 'c'].map((name) => [name, underFault()]))
    const shown = underWayLines(arms, { ...options, rows })
    expect(shown).toHaveLength(lines)
    if (what.startsWith('and')) expect(shown.at(-1)!.trim()).toBe(what)
    else expect(shown.filter((line) => line.includes('served')).length).toBe(rows === 6 ? 3 : 0)
  })
})
