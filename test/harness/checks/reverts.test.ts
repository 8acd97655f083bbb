import { describe, expect, it } from 'vitest'
import { firstInjectionMs, lastRevertMs, watchedUntilMs } from '../../../harness/checks/reverts.ts'
import { planOf } from './arm-story.ts'
import { recordOf } from './journals.ts'

/** A record with these faults injected and reverted, each `[fault, ms]`. */
function withFaults(injected: [string, number][], reverted: [string, number][]) {
  const record = recordOf(planOf([]))
  const [anInjection] = record.injected
  const [aRevert] = record.reverted
  return {
    ...record,
    injected: injected.map(([fault, ms]) => ({ ...anInjection!, fault, ms })),
    reverted: reverted.map(([fault, ms]) => ({ ...aRevert!, fault, ms })),
  }
}

describe('the last revert', () => {
  it('is the latest of several faults, in whatever order they were undone', () => {
    const injected: [string, number][] = [
      ['a', 2000],
      ['b', 2500],
    ]
    const forwards: [string, number][] = [
      ['a', 4000],
      ['b', 5000],
    ]
    expect(lastRevertMs(withFaults(injected, forwards))).toBe(5000)
    expect(lastRevertMs(withFaults(injected, forwards.toReversed()))).toBe(5000)
  })

  it('is the first after the last injection: tearing down undoes once more', () => {
    const record = withFaults(
      [['a', 2000]],
      [
        ['a', 4000],
        ['a', 9000],
      ],
    )
    expect(lastRevertMs(record)).toBe(4000)
  })

  it('waits for a fault that came back', () => {
    const flapping: [string, number][] = [
      ['a', 2000],
      ['a', 4000],
    ]
    expect(lastRevertMs(withFaults(flapping, [['a', 3000]]))).toBeNull()
    expect(
      lastRevertMs(
        withFaults(flapping, [
          ['a', 3000],
          ['a', 5000],
        ]),
      ),
    ).toBe(5000)
  })

  it('is none while a fault is on, or where none was', () => {
    expect(
      lastRevertMs(
        withFaults(
          [
            ['a', 2000],
            ['b', 2500],
          ],
          [['a', 4000]],
        ),
      ),
    ).toBeNull()
    expect(lastRevertMs(withFaults([], [['a', 4000]]))).toBeNull()
  })
})

it('the first injection is the earliest', () => {
  const injected: [string, number][] = [
    ['b', 2500],
    ['a', 2000],
  ]
  expect(firstInjectionMs(withFaults(injected, []))).toBe(2000)
  expect(firstInjectionMs(withFaults([], []))).toBeNull()
})

it('an arm is watched until its last act has ended', () => {
  expect(watchedUntilMs(recordOf(planOf([])))).toBe(10_000)
  expect(watchedUntilMs(recordOf(planOf([]), { acts: 1 }))).toBe(2000)
  expect(watchedUntilMs(recordOf(planOf([]), { acts: 0 }))).toBeNull()
  const record = recordOf(planOf([]))
  const cut = record.acts.map((act, i) => (i === 2 ? { ...act, toMs: Number.POSITIVE_INFINITY } : act))
  expect(watchedUntilMs({ ...record, acts: cut })).toBeNull()
})
