/** Actions in a plan: when they are done, in which arms, and all that is refused. */
import { describe, expect, it } from 'vitest'
import { action, measure, replace, restartInTurn, stall } from '../../../harness/index.ts'
import { type Arm, setupOf } from '../../../harness/model/arms.ts'
import type { ActSpec } from '../../../harness/model/scenario.ts'
import { day, evening, night, planned, planOf } from '../story-plans.ts'

describe('actions', () => {
  const stalled: ActSpec = { ...day, faults: [stall('front→back')] }
  const after = { action: 'replace line', after: '200ms' } as const
  const mended = replace('line', { ends: ['stall front→back'], at: '1s' })

  it('stand in their act: at a time of it, or after what happens from its start on', () => {
    const again = restartInTurn(['back'], { at: after })
    const watched = restartInTurn(['front'], { at: { event: 'alarm.raised' }, measure: 'fallback' })
    const plan = planned(
      [night, { ...stalled, actions: [mended, again] }, { ...evening, actions: [watched] }],
      {
        measures: [measure('fallback')],
      },
    )
    expect(plan.actions.map(({ id, at, measure: of }) => [id, at, of])).toEqual([
      ['replace line', { ms: 3000 }, undefined],
      ['restart back in turn', { action: 'replace line', fromMs: 2000, afterMs: 200 }, undefined],
      ['restart front in turn', { event: 'alarm.raised', fromMs: 6000, afterMs: 0 }, 'fallback'],
    ])
    const idsIn = (arm: Arm) => setupOf(plan, arm).actions.map(({ id }) => id)
    expect(idsIn('control')).toEqual([])
    expect(idsIn('untreated')).toEqual(['replace line', 'restart back in turn'])
    expect(idsIn('treated')).toHaveLength(3)
  })

  it('say themselves where they are done when they stand in no act', () => {
    const own = replace('line', { ends: ['stall front→back'], at: { act: 'day', after: '3s' } })
    expect(planned([night, stalled], { actions: [own] }).actions[0]!.at).toEqual({ ms: 5000 })
  })

  it.each<[RegExp, Partial<ActSpec>]>([
    [/unknown action 'ring'; there is replace, restart-in-turn/, { actions: [action('ring')] }],
    [
      /'replace line': 5 s is after the end of its act/,
      { actions: [replace('line', { ends: ['stall front→back'], at: '5s' })] },
    ],
    [
      /'replace line': it ends 'cut front→back', and there is no such fault/,
      { actions: [replace('line', { ends: ['cut front→back'] })] },
    ],
    [/'replace line' is there twice/, { actions: [mended, mended] }],
    [
      /it waits for unknown action 'replace lime': did you mean 'replace line'/,
      { actions: [mended, restartInTurn(['back'], { at: { action: 'replace lime' } })] },
    ],
    [
      /wait for each other: a ← b ← a/,
      {
        actions: [
          restartInTurn(['back'], { id: 'a', at: { action: 'b' } }),
          restartInTurn(['front'], { id: 'b', at: { action: 'a' } }),
        ],
      },
    ],
    [
      /it belongs to unknown measure 'fallback'/,
      { actions: [restartInTurn(['back'], { measure: 'fallback' })] },
    ],
  ])('%s', (why, more) => {
    const settled = planOf([night, { ...stalled, ...more }])
    expect('problems' in settled ? settled.problems.join('\n') : 'no problem').toMatch(why)
  })

  it('are refused in the first act, and where the runtime cannot do them', () => {
    const settled = planOf([{ ...night, actions: [restartInTurn(['back'])] }, stalled])
    expect('problems' in settled && settled.problems).toEqual([
      expect.stringMatching(/in the first act 'night', in which nothing may be wrong/),
    ])
  })
})
