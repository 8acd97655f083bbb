import { expect, it } from 'vitest'
import type { MeasureSet, MeasureSets } from '../../../harness/model/measure-sets.ts'
import { measureSetsView, setsProgress } from '../../../harness/reporters/measure-sets-view.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'

const set = (measures: readonly string[], over: Partial<MeasureSet> = {}): MeasureSet => ({
  measures,
  arm: 'treated',
  seeds: ['one', 'two'],
  voids: {},
  heldIn: [],
  breaks: ['the counter serves'],
  served: { mean: 250.4, interval: [240, 260.6] },
  visits: 300,
  saved: 120.5,
  lost: 0,
  p95Ms: { mean: 410, interval: [-20, 900] },
  dominatedBy: null,
  ...over,
})

const result: MeasureSets = {
  version: 1,
  scenario: 'story',
  seeds: ['one', 'two'],
  design: 'full',
  sets: [
    set(['fallback', 'intake'], { heldIn: ['one', 'two'], breaks: [] }),
    set(['fallback'], { dominatedBy: ['fallback', 'intake'] }),
    set([], { served: null, p95Ms: null, saved: 0, seeds: [], voids: { one: 'the host was busy' } }),
  ],
  mainEffects: [{ measure: 'fallback', visits: { mean: 80, interval: [71.6, 88.2] } }],
  interactions: [{ measures: ['fallback', 'intake'], visits: { mean: -3, interval: [-9, 3] } }],
  smallest: [['fallback', 'intake']],
  goodDay: true,
  said: 'fallback + intake holds everything in every seed, and nothing smaller does',
  exitCode: 0,
}

it('is a table of the sets, what each adds, and which to choose', () => {
  expect(
    measureSetsView(result, 'measure-sets.json', paint(false)),
  ).toBe(`story  3 sets of measures, 2 seeds (one, two), design full

  measures           holds in  served a run            saved  lost  p95
  fallback + intake  2 of 2    250 [240 … 261] of 300  121    0     410 ms [0 ms … 900 ms]  on the front
  fallback           0 of 2    250 [240 … 261] of 300  121    0     410 ms [0 ms … 900 ms]  dominated by fallback + intake
  (none)             0 of 2    –                       0      0     –                       void

what each measure adds, visits a run, averaged over the sets of the others:
  fallback  80 [72 … 88]

what two do together beyond what each does by itself, visits a run:
  fallback × intake  -3 [-9 … 3]

not counted:
  (none), seed one: the host was busy

✓ fallback + intake holds everything in every seed, and nothing smaller does  exit 0
all of it: measure-sets.json
`)
})

it('of one seed says that it does not know how seeds scatter', () => {
  const once = { ...result, seeds: ['one'], sets: [set(['a'], { served: { mean: 9, interval: null } })] }
  expect(measureSetsView(once, 'f', paint(false))).toMatch(/9 of 300[\s\S]*one seed does not tell/)
})

it('counts arms over all seeds while it waits, and repeats not at all', () => {
  const lines: string[] = []
  const progress = setsProgress(4, (line) => lines.push(line))
  const ended = { arm: 'treated', verdict: 'holds', tookMs: 2000, retries: [] } as never
  const at = { scenario: 'story', arm: 'treated' } as never
  progress('one').armEnded(ended, at)
  progress('two').armEnded({ ...(ended as object), retries: ['busy'] } as never, at)
  progress('two').armEnded(ended, at)
  expect(lines.map((line) => line.split('  ')[0])).toEqual(['1 of 4', 'once more', '2 of 4'])
})
