import { describe, expect, it } from 'vitest'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import type { FaultSpec } from '../../../harness/model/fault.ts'
import { type ArmStory, counter, notices, planOf, stall, type Visits } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'

/** 50 visits a second on top, for the four seconds of the fault. */
const surge: FaultSpec = {
  ...stall,
  kind: 'surge',
  streams: [
    {
      id: `surge/${notices}`,
      journey: notices,
      perSecond: [50, 50],
      process: 'poisson',
      durationMs: 4000,
      begins: 'on-command',
    },
  ],
}
const service = successRate(counter, { atLeast: 0.9, during: 'fault', title: 'served', source: '† ours' })

const brought = (fromMs: number, toMs: number, everyMs = 20): Visits => ({
  journey: notices,
  stream: `surge/${notices}`,
  fromMs,
  toMs,
  everyMs,
})

/** The probe's own word is not asked: what came is in the journal. */
function judged(visits: readonly Visits[], story: ArmStory = {}) {
  const sightings = [{ when: 'during', bites: true }] as const
  const record = recordOf(planOf([service], { faults: [surge] }), {
    sightings,
    ...story,
    visits: [{ journey: counter }, ...visits],
  })
  return judgeArm(record)
}

describe('a surge is seen by its visits', () => {
  it('bites where they came, and is gone where none comes any more', () => {
    const { voids, faults } = judged([brought(2000, 6000)])
    expect(voids).toEqual([])
    expect(faults[0]).toMatchObject({
      bit: true,
      sightings: [
        { when: 'before', bites: false },
        { when: 'during', bites: true, said: '200 of its visits came, about 200 planned' },
        { when: 'after', bites: false },
      ],
    })
  })

  it('does not bite where none came, whatever its injector says', () => {
    expect(judged([]).voids.map(({ said }) => said)).toEqual([
      expect.stringMatching(/was not seen to bite .*: 0 of its visits came/),
    ])
  })

  it('does not bite where fewer than half came', () => {
    expect(judged([brought(2000, 6000, 41)]).voids.map(({ said }) => said)).toEqual([
      expect.stringMatching(/98 of its visits came/),
    ])
  })

  it('is not gone where they go on coming', () => {
    expect(judged([brought(2000, 8000)]).voids.map(({ said }) => said)).toEqual([
      expect.stringMatching(/was not seen gone after it was reverted: 95 of its visits came/),
    ])
  })
})
