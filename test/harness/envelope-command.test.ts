/** `envelope`: what it refuses before anything starts, and what it prints. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Envelope } from '../../harness/model/envelope.ts'
import { envelopeView, triedLine, typed } from '../../harness/reporters/envelope-view.ts'
import { paint } from '../../harness/reporters/terminal/paint.ts'
import { type Place, place, tinyScenarios } from './fixtures/command-line.ts'

let here: Place
beforeAll(() => {
  here = place()
})
afterAll(() => here[Symbol.dispose]())

const envelope: Envelope = {
  ...{ version: 1, scenario: 'tiny-stall', knob: 'users', type: 'rate', seed: 's' },
  arms: [
    {
      arm: 'treated',
      tried: [
        { value: 100, held: ['a', 'b'], deviated: [] },
        { value: 200, held: ['a'], deviated: ['b'] },
        { value: 400, held: [], deviated: [], isVoid: 'the host was busy' },
      ],
      checks: [
        { id: 'b', check: 'p95 ≤ 1 s', holdsTo: 100, deviatesFrom: 200 },
        { id: 'a', check: 'served', holdsTo: 200, deviatesFrom: null },
      ],
      ...{ holdsTo: 100, deviatesFrom: 200 },
    },
    {
      arm: 'untreated',
      tried: [{ value: 100, held: [], deviated: ['a', 'b'] }],
      checks: [{ id: 'a', check: 'served', holdsTo: null, deviatesFrom: 100 }],
      ...{ holdsTo: null, deviatesFrom: 100 },
    },
  ],
}

it('prints where each arm breaks, which level first, and what does not count', () => {
  expect(
    envelopeView(envelope, ['it is worse'], 'envelope.json', paint(false)),
  ).toBe(`tiny-stall  how far it holds, by users, seed s

with the measures: breaks between 100/s and 200/s  3 values tried
  p95 ≤ 1 s: breaks between 100/s and 200/s
  served: holds to 200/s, not seen to break
  400/s does not count: the host was busy

without: breaks at 100/s already, not seen to hold  1 value tried
  served: breaks at 100/s already, not seen to hold
✗ worse than what was kept: it is worse
all of it: envelope.json
`)
})

it('tells each value as it was tried, as it can be typed', () => {
  const [treated] = envelope.arms
  expect(treated!.tried.map((tried) => triedLine(envelope, 'treated', tried))).toEqual([
    'treated, users=100/s: holds',
    'treated, users=200/s: 1 of 2 service levels deviates',
    'treated, users=400/s: does not count: the host was busy',
  ])
  expect([typed(500, 'duration'), typed(8, 'number')]).toEqual(['500ms', '8'])
})

it.each([
  [['--knob', 'user'], /unknown knob of tiny-stall 'user'/],
  [['--knob', 'users', '--width', 'some'], /--width must be a share such as 20% or 0\.2, not 'some'/],
  [['--knob', 'users', '--tries', '0'], /--tries must be a whole number, 1 or more/],
  [['--knob', 'users', '--baseline', 'nowhere.json'], /--baseline: there is no nowhere\.json/],
  [['--knob', 'users', '--baseline', 'package.json'], /package\.json is no envelope of this version/],
  [['--knob', 'users', '--set', 'users=many'], /--set users: /],
])('%j is refused before anything starts', async (options, words) => {
  const { code, stderr } = await here.run('envelope', 'tiny-stall', '--scenarios', tinyScenarios, ...options)
  expect(stderr).toMatch(words)
  expect(code).toBe(4)
  expect(here.registers()).toEqual([])
})

it('an envelope of another scenario or knob is no baseline', async () => {
  const other = join(here.dir, 'other.json')
  writeFileSync(other, JSON.stringify({ ...envelope, knob: 'surge' }))
  const asked = ['envelope', 'tiny-stall', '--knob', 'users', '--scenarios', tinyScenarios]
  const { code, stderr } = await here.run(...asked, '--baseline', other)
  expect(stderr).toMatch(/it is of tiny-stall by surge, not of tiny-stall by users/)
  expect(code).toBe(4)
})
