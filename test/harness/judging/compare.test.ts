import { describe, expect, it } from 'vitest'
import { baselineOf, compareRuns } from '../../../harness/judging/compare.ts'
import { seeded } from '../../../harness/load/random.ts'
import type { CheckResult, Evidence } from '../../../harness/model/check.ts'
import type { Change } from '../../../harness/model/comparison.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../../../harness/model/result.ts'
import { comparisonView } from '../../../harness/reporters/comparison-view.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'
import { wilsonInterval } from '../../../harness/stats/wilson.ts'
import { runResult, scenarioResult, share } from '../reporters/a-run.ts'
import { gpkiStall, overload } from '../reporters/plans.ts'

const good = runResult([scenarioResult(gpkiStall), scenarioResult(overload)])

/** The same run, but for the first check of one arm of its first scenario. */
function withCheck(
  change: Partial<CheckResult>,
  { arm = 'treated', more = {} }: { arm?: ArmResult['arm']; more?: Partial<ArmResult> } = {},
): RunResult {
  const [first, ...others] = good.scenarios
  const arms = first!.arms.map((one) => {
    if (one.arm !== arm) return one
    const [check, ...checks] = one.checks
    return { ...one, ...more, checks: [{ ...check!, ...change }, ...checks] }
  })
  return { ...good, run: 'after', scenarios: [{ ...first!, arms }, ...others] }
}

const compare = (before: RunResult, after: RunResult) => compareRuns(baselineOf(before), baselineOf(after))

/** What is said of the first check of an arm. */
function changeIn(after: RunResult, arm: ArmResult['arm'] = 'treated'): Change {
  const { rows } = compare(good, after)
  const [{ check }] = good.scenarios[0]!.arms[0]!.checks as [CheckResult]
  return rows.find((row) => row.arm === arm && row.what === check)!.change
}

const latency = (estimate: number | null, interval: Evidence['interval']): Evidence => ({
  ...share(1, 2, 0.5),
  ...{ unit: 'ms', estimate, interval, threshold: 800, good: 'at most' },
})

describe('a check', () => {
  it.each<[string, RunResult, Change]>([
    ['that held and deviates is worse', withCheck({ verdict: 'deviates' }), 'worse'],
    [
      'with fewer successes, beyond chance, is worse',
      withCheck({ evidence: share(150, 200, 0.95) }),
      'worse',
    ],
    ['with as many is not told apart', withCheck({ evidence: share(196, 200, 0.95) }), 'undecided'],
    [
      'of an arm that is void is not told apart',
      withCheck(
        { verdict: 'deviates' },
        { more: { voids: [{ kind: 'host', said: 'busy', repeatHelps: true }] } },
      ),
      'undecided',
    ],
    ['that has no evidence any more is not told apart', withCheck({ evidence: null }), 'undecided'],
    ['of another unit is not told apart', withCheck({ evidence: latency(100, [90, 110]) }), 'undecided'],
    ['that is another one is new', withCheck({ id: 'another' }), 'only after'],
  ])('%s', (_, after, change) => expect(changeIn(after)).toBe(change))

  it('is better where what is worse the other way round', () => {
    const bad = withCheck({ verdict: 'deviates', evidence: share(150, 200, 0.95) })
    expect(compare(bad, good).rows.filter(({ change }) => change === 'better')).toHaveLength(1)
    expect(compare(bad, good).exitCode).toBe(0)
  })

  it('of a latency is better where it is lower', () => {
    const slow = withCheck({ evidence: latency(700, [650, 790]) })
    const fast = withCheck({ evidence: latency(100, [90, 110]) })
    expect(compare(slow, fast).rows.map(({ change }) => change)).toContain('better')
    expect(compare(fast, slow).rows.map(({ change }) => change)).toContain('worse')
  })

  it('of a latency may differ by the margin without being told apart', () => {
    const [one, other] = [latency(100, [90, 110]), latency(125, [112, 130])].map((evidence) =>
      withCheck({ evidence }),
    )
    const changes = (margin: number) =>
      compareRuns(baselineOf(one!), baselineOf(other!), margin).rows.map(({ change }) => change)
    expect(changes(0.2)).not.toContain('worse')
    expect(changes(0)).toContain('worse')
  })

  it('of a time that was measured once is told apart by its verdict alone', () => {
    const once = (ms: number) => withCheck({ evidence: { ...latency(ms, [ms, ms]), n: 1 } })
    expect(compare(once(100), once(700)).rows.map(({ change }) => change)).not.toContain('worse')
  })

  it('that was not asked of an arm is no row', () => {
    const never = withCheck({ verdict: 'not-applicable' })
    expect(compare(never, never).rows).toHaveLength(compare(good, good).rows.length - 1)
  })

  it('whose upper end nobody knows is not better for it', () => {
    const unknown = withCheck({ evidence: latency(null, [900, null]) })
    const fast = withCheck({ evidence: latency(100, [90, 110]) })
    expect(compare(fast, unknown).rows.map(({ change }) => change)).toContain('worse')
    const wide = withCheck({ evidence: latency(null, [100, null]) })
    expect(compare(fast, wide).rows.map(({ change }) => change)).not.toContain('worse')
  })

  it('in the untreated arm is no word on the system', () => {
    const after = withCheck({ verdict: 'holds' }, { arm: 'untreated' })
    expect(compare(good, after).rows.some(({ arm }) => arm === 'untreated')).toBe(false)
  })

  it('that is gone is told', () => {
    const rows = compare(withCheck({ id: 'another' }), good).rows
    expect(rows.filter(({ change }) => change === 'only before')).toHaveLength(1)
  })
})

it('tells what makes two runs less comparable', () => {
  const [first] = good.scenarios
  const changed: ScenarioResult = { ...first!, plan: 'another' }
  const before = { ...good, scenarios: [{ ...first!, plan: 'one' }, good.scenarios[1]!] }
  const after = { ...good, seed: 'other', driver: 'k6', scenarios: [changed] }
  expect(compare(before, after).notes).toEqual([
    `seed was ${good.seed}, now other`,
    `driver was ${good.driver}, now k6`,
    'only in the run before: 22-nov-overload',
    expect.stringMatching(/^17-nov-gpki-stall: the plan has changed/),
  ])
})

it('tells what measures save, as a share of the visits', () => {
  const [first, second] = good.scenarios
  const [effect, ...effects] = first!.effects
  const fewer = { ...effect!, difference: 20, interval: [5, 40] as const }
  const after = { ...good, scenarios: [{ ...first!, effects: [fewer, ...effects] }, second!] }
  const [row] = compare(good, after).rows
  expect(row).toMatchObject({ arm: null, what: 'officials saved, less those lost', change: 'worse' })
  expect(row!.after).toBe('20 of 320 [5 … 40]')
})

it('says that nothing is worse of a run beside itself', () => {
  const comparison = compare(good, good)
  expect(comparison).toMatchObject({ exitCode: 0, notes: [] })
  const view = comparisonView(comparison, paint(false), false)
  expect(view).toMatch(
    /✓ nothing is worse, 0 better, of \d+ figures; \d+ not told apart \(--verbose\) {2}exit 0/,
  )
})

it('shows what is worse first, with both figures', () => {
  const after = withCheck({ evidence: share(150, 200, 0.95) })
  const lines = comparisonView(compare(good, after), paint(false), false).split('\n')
  expect(lines[1]).toMatch(/^✗ worse {2}17-nov-gpki-stall, treated: /)
  expect(lines[2]).toMatch(/^ {4}before holds, 99 % \[/)
  expect(lines[3]).toMatch(/^ {4}after {2}holds, 75 % \[/)
})

it('tells two samples of one system apart in at most one case in a hundred', () => {
  const random = seeded('two samples of one system')
  const n = 150
  const sample = (p: number): Evidence => {
    const ok = Array.from({ length: n }, random).filter((draw) => draw < p).length
    return { ...share(ok, n, 0.95), interval: wilsonInterval(ok, n) }
  }
  const pairs = 3000
  let apart = 0
  for (let i = 0; i < pairs; i++) {
    const p = 0.5 + 0.49 * random()
    const [one, other] = [withCheck({ evidence: sample(p) }), withCheck({ evidence: sample(p) })]
    const only = (run: RunResult) => baselineOf({ ...run, scenarios: run.scenarios.slice(0, 1) })
    if (
      compareRuns(only(one), only(other)).rows.some(({ change }) => change === 'worse' || change === 'better')
    )
      apart++
  }
  expect(apart / pairs).toBeLessThan(0.01)
  expect(apart).toBeGreaterThan(0)
})
