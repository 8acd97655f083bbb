import { describe, expect, it } from 'vitest'
import { searchEnvelope } from '../../../harness/experiment/envelope.ts'
import { armEnvelope, nextValue, shrunk, triedOf } from '../../../harness/judging/envelope.ts'
import { seeded } from '../../../harness/load/random.ts'
import type { Envelope, Tried } from '../../../harness/model/envelope.ts'

const titles = new Map([
  ['served', 'nine in ten are served'],
  ['fast', 'p95 ≤ 1 s'],
])

/** A system that breaks at known values: each level holds below its own. */
function system(breaksAt: Readonly<Record<string, number>>, noise: () => number = () => 0) {
  return (value: number): Tried => {
    const held = Object.keys(breaksAt).filter((id) => value * (1 + noise()) < breaksAt[id]!)
    return { value, held, deviated: Object.keys(breaksAt).filter((id) => !held.includes(id)) }
  }
}

async function searched(of: (value: number) => Tried, over: { start?: number; most?: number } = {}) {
  const { treated } = await searchEnvelope({
    ...{ start: 100, levels: 2, width: 0.25, most: 12, ...over },
    measure: async (trials) => trials.map(({ value }) => of(value)),
  })
  return armEnvelope('treated', treated, titles)
}

describe('the search', () => {
  it.each([3, 31, 100, 145, 999, 5000])(
    'ends around the value at which the first level breaks: %i',
    async (at) => {
      const { holdsTo, deviatesFrom, tried, checks } = await searched(system({ served: at * 3, fast: at }))
      expect(holdsTo!).toBeLessThan(at)
      expect(deviatesFrom!).toBeGreaterThanOrEqual(at)
      expect(deviatesFrom! / holdsTo!).toBeLessThanOrEqual(1.25)
      expect(tried.length).toBeLessThanOrEqual(12)
      // The first to break first; of the other it knows only what it came across.
      expect(checks.map(({ id }) => id)).toEqual(['fast', 'served'])
    },
  )

  it('says so of what never breaks and of what never holds, and does not go on for ever', async () => {
    expect(await searched(system({ served: 1e9, fast: 1e9 }))).toMatchObject({
      holdsTo: 6400,
      deviatesFrom: null,
    })
    const never = await searched(system({ served: 0, fast: 0 }))
    expect(never).toMatchObject({ holdsTo: null, deviatesFrom: 1.56 })
    expect(never.tried).toHaveLength(7)
  })

  it('stops where two values one after the other do not count: the machine shows no more', async () => {
    const of = system({ served: 1e9, fast: 1e9 })
    const { tried, holdsTo } = await searched((value) =>
      value > 200 ? { value, held: [], deviated: [], isVoid: 'the host was busy' } : of(value),
    )
    expect(tried.map(({ value }) => value)).toEqual([100, 200, 400, 800])
    expect(holdsTo).toBe(200)
  })

  it('stops after as many values as it may try', async () => {
    expect((await searched(system({ served: 145, fast: 145 }), { most: 3 })).tried).toHaveLength(3)
  })

  it('goes around a value that could not be decided', async () => {
    const of = system({ served: 150, fast: 150 })
    const { tried, holdsTo, deviatesFrom } = await searched((value) =>
      value === 141 ? { value, held: ['served'], deviated: [] } : of(value),
    )
    expect(tried.map(({ value }) => value)).toContain(119)
    expect([holdsTo, deviatesFrom]).toEqual([135, 154])
  })

  it('covers both where noise has it hold above a value at which it broke', async () => {
    const random = seeded('noise')
    for (let i = 0; i < 200; i++) {
      const of = system({ served: 150, fast: 150 }, () => 0.3 * (random() - 0.5))
      const { holdsTo, deviatesFrom } = await searched(of)
      expect(holdsTo ?? 0).toBeLessThan(150 * 1.18)
      expect(deviatesFrom ?? 1e9).toBeGreaterThan(150 * 0.86)
    }
    const turned: Tried[] = [
      { value: 100, held: ['served', 'fast'], deviated: [] },
      { value: 120, held: [], deviated: ['served', 'fast'] },
      { value: 140, held: ['served', 'fast'], deviated: [] },
      { value: 160, held: [], deviated: ['served', 'fast'] },
    ]
    expect(armEnvelope('treated', turned, titles)).toMatchObject({ holdsTo: 100, deviatesFrom: 160 })
  })

  it('ends where a run did not finish, with what is known', async () => {
    let runs = 0
    const { treated } = await searchEnvelope({
      ...{ start: 100, levels: 2, width: 0.25, most: 12 },
      measure: async (trials) =>
        ++runs > 1 ? null : trials.map(({ value }) => system({ served: 150 })(value)),
    })
    expect(treated).toHaveLength(1)
  })
})

it('a value whose arm is void does not count, and says why', () => {
  const check = { id: 'served', role: 'protected', verdict: 'holds' }
  const voids = [{ kind: 'host', said: 'the host was busy', repeatHelps: true }]
  const tried = triedOf(100, { checks: [check], voids } as never)
  expect(tried).toEqual({ value: 100, held: [], deviated: [], isVoid: 'the host was busy' })
  expect(
    triedOf(100, { checks: [check, { ...check, id: 'open', role: 'guard' }], voids: [] } as never),
  ).toEqual({
    value: 100,
    held: ['served'],
    deviated: [],
  })
  expect(nextValue([tried], { start: 100, levels: 1, width: 0.25 })).toBe(200)
})

it('an envelope has shrunk where a level breaks at a value at which it was seen to hold', () => {
  const envelope = (holdsTo: number, deviatesFrom: number): Envelope => ({
    ...{ version: 1, scenario: 'story', knob: 'surge', type: 'rate', seed: 's' },
    arms: [
      {
        ...{ arm: 'treated', tried: [], holdsTo, deviatesFrom },
        checks: [{ id: 'fast', check: 'p95 ≤ 1 s', holdsTo, deviatesFrom }],
      },
    ],
  })
  const figure = (value: number) => `${value}/s`
  expect(shrunk(envelope(100, 120), envelope(80, 95), figure)).toEqual([
    "treated: 'p95 ≤ 1 s' held to 100/s, and deviates from 95/s now",
  ])
  // The two intervals share values: nothing is shown.
  expect(shrunk(envelope(100, 120), envelope(90, 110), figure)).toEqual([])
  expect(shrunk(envelope(100, 120), envelope(150, 180), figure)).toEqual([])
})
