/** A story as a list of acts: what each brings, which faults span them, and all that is refused. */
import { describe, expect, it } from 'vitest'
import { arrivals, cut, delay, invariant, packetLoss, pause, stall, surge } from '../../harness/index.ts'
import { steadyStreams } from '../../harness/load/streams.ts'
import { actsInTurn } from '../../harness/model/acts.ts'
import type { ActSpec, ScenarioBody } from '../../harness/model/scenario.ts'
import { userAsks } from './fixtures/tiny-journeys.ts'
import { day, evening, night, planned, planOf, served, source } from './story-plans.ts'

const timesOf = (plan: ReturnType<typeof planned>) =>
  plan.faults.map(({ id, fromMs, toMs }) => [id, fromMs, toMs])

describe('a list of acts', () => {
  it('is played one after the other, whatever their names and number', () => {
    const acts = actsInTurn({ night: 2000, day: 4000, evening: 3000 })
    expect(planned([night, day, evening]).acts).toEqual(acts)
    // JavaScript would put the numbers first, in their order.
    const dates = ['night', '18', '17', 'constructor'].map((name) => ({ ...day, name }))
    expect(planned(dates, { hypothesis: [served('17')] }).acts.map(({ name }) => name)).toEqual(
      dates.map(({ name }) => name),
    )
  })

  it('may bring load of its own, which comes then and is counted then', () => {
    const busy = { ...day, load: [arrivals(userAsks, '60/s', { process: 'regular' })] }
    const plan = planned([night, busy, evening])
    expect(steadyStreams(plan)).toMatchObject([
      { id: 'user-asks/0', atMs: 0, durationMs: 9000, numbering: { from: 0, every: 2 } },
      { id: 'user-asks/1', act: 'day', atMs: 2000, durationMs: 4000, numbering: { from: 1, every: 2 } },
    ])
    expect(planOf([night, busy, evening], { hypothesis: [served('evening')] })).toHaveProperty('plan')
  })

  it('may have faults of its own, which end with it, and checks', () => {
    const bad = { ...day, faults: [stall('front→back')], hypothesis: [served('day', 'by day')] }
    const plan = planned([night, bad, { ...evening, faults: [delay('front→back', '1s', { from: '500ms' })] }])
    expect(timesOf(plan)).toEqual([
      ['stall front→back', 2000, 6000],
      ['latency front→back', 6500, 9000],
    ])
    expect(plan.checks.map(({ id }) => id)).toEqual([expect.stringContaining('success'), 'by day'])
  })
})

describe('a fault', () => {
  it('may span acts, from where it stands or by naming both ends', () => {
    const spanning = {
      ...day,
      faults: [stall('front→back', { from: '1s', to: { act: 'evening', after: '2s' } })],
    }
    expect(timesOf(planned([night, spanning, evening]))).toEqual([['stall front→back', 3000, 8000]])
    const named = stall('front→back', { from: { act: 'day' }, to: { act: 'evening' } })
    expect(timesOf(planned([night, day, evening], { faults: [named] }))).toEqual([
      ['stall front→back', 2000, 6000],
    ])
    const until = stall('front→back', { from: { act: 'evening', after: '1s' } })
    expect(timesOf(planned([night, day, evening], { faults: [until] }))).toEqual([
      ['stall front→back', 7000, 9000],
    ])
  })

  it('of a short story may go on after its act', () => {
    const plan = planned([], {
      acts: { baseline: '1s', fault: '4s', recovery: '3s' },
      faults: [stall('front→back', { to: { act: 'recovery', after: '1s' } })],
      hypothesis: [served('fault')],
    })
    expect(timesOf(plan)).toEqual([['stall front→back', 1000, 6000]])
  })

  it('may repeat, each time by a name of its own', () => {
    const flapping = cut('front→back', { to: '500ms', repeat: { every: '1s', times: 3 } })
    expect(timesOf(planned([night, { ...day, faults: [flapping] }, evening]))).toEqual([
      ['cut front→back', 2000, 2500],
      ['cut front→back 2', 3000, 3500],
      ['cut front→back 3', 4000, 4500],
    ])
  })

  it('that repeats brings its visits each time', () => {
    const again = surge(userAsks, '50/s', { to: '1s', repeat: { every: '2s', times: 2 } })
    const streams = planned([night, { ...day, faults: [again] }]).faults.flatMap((one) => one.streams ?? [])
    expect(streams.map(({ id }) => id)).toEqual(['surge/user-asks', 'surge/user-asks 2'])
  })

  it('may stand twice on a link at once, under another name', () => {
    const both = [
      delay('front→back', '100ms'),
      delay('front→back', '200ms', { id: 'slower still', from: '1s' }),
    ]
    const plan = planned([night, { ...day, faults: both }, evening])
    expect(timesOf(plan)).toEqual([
      ['latency front→back', 2000, 6000],
      ['slower still', 3000, 6000],
    ])
  })
})

const cutTwice = [cut('front→back'), cut('front→back', { id: 'again', from: '1s' })]
const refused: [string, readonly ActSpec[], Partial<ScenarioBody>, RegExp][] = [
  ['no act at all', [], {}, /there are no acts/],
  ['an act twice', [night, day, night], {}, /act 'night' is there twice/],
  ['an act without a name', [night, day, { name: ' ', lasts: '1s' }], {}, /an act has no name/],
  [
    'an act of no length',
    [night, day, { ...evening, lasts: 0 }],
    {},
    /act 'evening' must last longer than 0/,
  ],
  [
    'a fault in the first act, which is the gate',
    [{ ...night, faults: [stall('front→back')] }, day],
    {},
    /on from 0 ms to 2 s of the arm, but nothing may be wrong in the first act 'night', which lasts to 2 s/,
  ],
  [
    'a fault that stands in no act',
    [night, day],
    { faults: [stall('front→back', { from: '1s' })] },
    /it stands in no act: say in which it begins, as \{ from: \{ act: 'day' \} \}/,
  ],
  [
    'a fault from an act that is not there',
    [night, day],
    { faults: [stall('front→back', { from: { act: 'dya' } })] },
    /unknown act 'dya': did you mean 'day'\?/,
  ],
  [
    'a fault past the end of its act, without a word of which it is in then',
    [night, { ...day, faults: [stall('front→back', { to: '6s' })] }, evening],
    {},
    /6 s is after the end of its act 'day', which lasts 4 s; for a time in another act name that/,
  ],
  [
    'a fault that ends before it begins',
    [night, { ...day, faults: [stall('front→back', { from: '3s', to: { act: 'night', after: '1s' } })] }],
    {},
    /it ends before it begins/,
  ],
  [
    'a repeat that overlaps itself',
    [night, { ...day, faults: [cut('front→back', { to: '1s', repeat: { every: '1s', times: 2 } })] }],
    {},
    /it repeats every 1 s and lasts 1 s: it would begin before it has ended/,
  ],
  [
    'a repeat that goes on after the story',
    [night, { ...day, faults: [cut('front→back', { to: '1s', repeat: { every: '2s', times: 3 } })] }],
    {},
    /'cut front→back 3' is on from 6 s to 7 s of the arm, but the last act ends at 6 s/,
  ],
  [
    'a repeat of half a time',
    [night, { ...day, faults: [cut('front→back', { to: '1s', repeat: { every: '2s', times: 1.5 } })] }],
    {},
    /it repeats 1.5 times; write a whole number from 2 to 100/,
  ],
  [
    'two faults of one name',
    [night, { ...day, faults: [delay('front→back', '1s'), delay('front→back', '2s')] }],
    {},
    /'latency front→back' is there twice: give one of them a name of its own/,
  ],
  [
    'two faults whose reverts are one',
    [night, { ...day, faults: cutTwice }],
    {},
    /'cut front→back' and 'again' are on at once, and reverting one would revert the other/,
  ],
  [
    'a check in an act that looks at another',
    [night, { ...day, hypothesis: [served('evening', 'late')] }, evening],
    {},
    /check 'late' is written in act 'day' and looks at 'evening'/,
  ],
  [
    'a check of the whole arm in an act',
    [night, { ...day, hypothesis: [invariant('the back is there', { source, sabotages: ['x'] })] }],
    {},
    /is about the whole arm: write it in the scenario's hypothesis, not in act 'day'/,
  ],
  [
    'no load in the first act',
    [night, { ...day, load: [arrivals(userAsks, '40/s')] }],
    { load: [] },
    /there is no load all through the arm/,
  ],
  [
    'a misspelt time',
    [night, { ...day, faults: [pause('back', { form: '1s' } as object)] }],
    {},
    /fault 'pause back': unknown option 'form': did you mean 'from'\?/,
  ],
]

describe('is refused', () => {
  it.each<[string, readonly ActSpec[], Partial<ScenarioBody>, RegExp]>(refused)(
    '%s',
    (_, acts, body, words) => {
      const settled = planOf(acts, body)
      expect('problems' in settled && settled.problems.join('\n')).toMatch(words)
    },
  )

  it('all of it at once', () => {
    const settled = planOf(
      [
        { ...night, faults: [cut('front→back')] },
        { ...day, lasts: 'long' as '1s' },
      ],
      {
        faults: [packetLoss('front→back')],
        hypothesis: [served('evening')],
      },
    )
    expect('problems' in settled && settled.problems).toMatchObject({ length: 4 })
  })
})
