/** No mix of arms is green but three sound ones that all show what they must. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import { gateArms } from '../../../harness/model/arms.ts'
import type { ArmResult } from '../../../harness/model/result.ts'
import { planOf } from '../checks/arm-story.ts'
import { recordOf } from '../checks/journals.ts'
import { control, hypothesis, near, scenario, stories, treated, untreated } from './a-scenario.ts'

const someStories = stories.chain((all) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant([...all]) }, { weight: 1, arbitrary: fc.subarray([...all]) }),
)

const someChecks = fc.subarray(hypothesis, { minLength: 1 })

const untreatedMust = { protected: 'deviates', mechanism: 'not-applicable', guard: 'holds' } as const

describe('the algebra of verdicts', () => {
  it('is green for nothing less than three sound arms that all show what they must', () => {
    let green = 0
    fc.assert(
      fc.property(someStories, someChecks, (some, checks) => {
        const result = scenario(some, { checks })
        if (result.verdict !== 'holds') return
        green++
        expect(result.arms.map((arm) => arm.arm)).toEqual([...gateArms])
        expect(result.arms.flatMap((arm) => arm.voids)).toEqual([])
        const [first, second, third] = result.arms as [ArmResult, ArmResult, ArmResult]
        for (const check of [...first.checks, ...third.checks])
          expect(['holds', 'not-applicable']).toContain(check.verdict)
        const levels = second.checks.filter((c) => c.role === 'protected' && c.verdict !== 'not-applicable')
        expect(levels.length).toBeGreaterThan(0)
        for (const level of levels) expect(level.verdict).toBe('deviates')
        for (const guard of second.checks.filter((c) => c.role === 'guard'))
          expect(guard.verdict).toBe('holds')
        expect(second.faults.every((fault) => fault.bit)).toBe(true)
      }),
      { numRuns: 400 },
    )
    // Else the property would say nothing.
    expect(green).toBeGreaterThan(10)
  })

  it('is green wherever three sound arms do', () => {
    fc.assert(
      fc.property(stories, someChecks, (all, checks) => {
        const result = scenario(all, { checks })
        const [first, second, third] = result.arms as [ArmResult, ArmResult, ArmResult]
        const sound =
          result.arms.every((arm) => arm.voids.length === 0) &&
          [first, third].every((arm) => arm.verdict === 'holds') &&
          second.checks.every((c) => c.verdict === untreatedMust[c.role]) &&
          second.checks.some((c) => c.role === 'protected')
        expect(result.verdict === 'holds').toBe(sound)
      }),
      { numRuns: 300 },
    )
  })

  it('never holds with --no-faults, and is vacuous wherever nothing deviates and untreated is sound', () => {
    fc.assert(
      fc.property(someStories, someChecks, (some, checks) => {
        const result = scenario(some, { checks, faultsOn: false })
        const without = result.arms.find((arm) => arm.arm === 'untreated')
        if (without !== undefined && without.voids.length === 0)
          expect(['vacuous', 'deviates']).toContain(result.verdict)
        else expect(['inconclusive', 'deviates']).toContain(result.verdict)
      }),
      { numRuns: 300 },
    )
  })

  it('makes a void arm inconclusive, whatever its checks say', () => {
    fc.assert(
      fc.property(fc.oneof(near(control), near(untreated), near(treated)), someChecks, (one, checks) => {
        const result = judgeArm(recordOf(planOf(checks), one))
        if (result.voids.length > 0) expect(result.verdict).toBe('inconclusive')
      }),
      { numRuns: 200 },
    )
  })

  it('gives the same result for the same journal', () => {
    fc.assert(
      fc.property(near(treated), someChecks, (one, checks) => {
        const judge = () => judgeArm(recordOf(planOf(checks), one))
        expect(judge()).toEqual(judge())
      }),
      { numRuns: 50 },
    )
  })
})
