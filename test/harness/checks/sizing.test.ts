/** What a planned sample can show, told before it is taken. */
import { describe, expect, it } from 'vitest'
import { everyone } from '../../../harness/checks/everyone.ts'
import { latency } from '../../../harness/checks/latency.ts'
import { never } from '../../../harness/checks/never.ts'
import { sizingProblems, sizingsOf } from '../../../harness/checks/sizing.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { surge, surgeKind } from '../../../harness/faults/surge.ts'
import { actsInTurn } from '../../../harness/model/acts.ts'
import type { CheckSpec } from '../../../harness/model/check.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import { plannedFault } from '../faults/planned-fault.ts'
import { userAsks } from '../fixtures/tiny-journeys.ts'

const source = '† ours'
const journey = userAsks.name
const acts = actsInTurn({ baseline: 2000, fault: 4000, recovery: 4000 })

function sized(
  checks: readonly CheckSpec[],
  perSecond: readonly [number, number] = [20, 20],
  faults: Plan['faults'] = [],
) {
  return { checks, faults, acts, load: [{ journey, perSecond, process: 'poisson' as const }] }
}

const serves = (atLeast: number) => successRate(journey, { atLeast, during: 'fault', source })

describe('how many visits are expected', () => {
  it.each([
    ['in an act', serves(0.9), [20, 20], 80],
    [
      'in part of an act',
      successRate(journey, { atLeast: 0.5, during: 'fault', after: '1s', untilEnd: '500ms', source }),
      [20, 20],
      50,
    ],
    [
      'over two acts',
      successRate(journey, { atLeast: 0.5, during: ['fault', 'recovery'], source }),
      [20, 20],
      160,
    ],
    ['of a rate that climbs: from 20/s at 2 s to 60/s at 6 s', serves(0.9), [0, 100], 160],
    ['in all of the arm', everyone(journey, { atLeast: 10, source }), [20, 20], 200],
  ] as const)('%s', (_, check, perSecond, expected) => {
    expect(sizingsOf(sized([check], perSecond))).toMatchObject([{ check: check.id, expected }])
  })

  it('counts what a fault brings along', () => {
    const spec = plannedFault(surge(userAsks, '100/s'), { fromMs: 2000, toMs: 6000 })
    const brought = { ...spec, streams: surgeKind.streams!(spec) }
    expect(sizingsOf(sized([serves(0.9)], [20, 20], [brought]))).toMatchObject([{ expected: 480 }])
  })
})

describe('what they can show', () => {
  it.each([
    ['nineteen in twenty: Wilson’s interval of 73 of 73 begins at 95 %', serves(0.95), 73, 0],
    ['nine in ten: of 78 of 80 it begins at 91 %, of 77 at 89.5 %', serves(0.9), 35, 2],
    ['a 95th percentile', latency(journey, { quantile: 0.95, below: '1s', during: 'fault', source }), 72, 0],
    ['everyone', everyone(journey, { atLeast: 60, during: 'fault', source }), 60, 0],
  ] as const)('%s', (_, check, needs, tolerates) => {
    expect(sizingsOf(sized([check]))).toEqual([{ check: check.id, expected: 80, needs, tolerates }])
    expect(sizingProblems(sized([check]))).toEqual([])
  })

  it('a guard needs as many as it says, by outcome all together', () => {
    const guard = (atLeast: number | Record<string, number>) =>
      never(journey, { outcome: 'let-in', atLeast, source, sabotages: ['x'] })
    expect(sizingsOf(sized([guard(40)]))).toMatchObject([{ expected: 200, needs: 40 }])
    expect(sizingsOf(sized([guard({ a: 30, b: 40 })]))).toMatchObject([{ needs: 70 }])
  })

  it('too few is a problem, and says how many it takes', () => {
    expect(sizingProblems(sized([serves(0.95)], [10, 10]))).toEqual([
      `check '${serves(0.95).title}' can never hold: about 40 visits are due in its window, and even if all succeed 73 are needed; raise the rate 1.9 times, or lengthen the act as much`,
    ])
  })

  it('what cannot be read is not sized', () => {
    const foreign = { ...serves(0.9), params: {} }
    expect(sizingsOf(sized([foreign, { ...foreign, kind: 'of another version' }]))).toEqual([])
  })
})
