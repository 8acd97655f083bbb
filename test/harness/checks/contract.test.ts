/** Every kind of check: what it says of which story, what it refuses, and what it is called. */
import { describe, expect, it } from 'vitest'
import { everyone } from '../../../harness/checks/everyone.ts'
import { checkKind, checkKinds } from '../../../harness/checks/index.ts'
import { invariant } from '../../../harness/checks/invariant.ts'
import { latency } from '../../../harness/checks/latency.ts'
import { never } from '../../../harness/checks/never.ts'
import { noEvent } from '../../../harness/checks/no-event.ts'
import { recovery } from '../../../harness/checks/recovery.ts'
import { share } from '../../../harness/checks/share.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { throughput } from '../../../harness/checks/throughput.ts'
import { timeTo } from '../../../harness/checks/time-to.ts'
import { judgeCheck } from '../../../harness/judging/judge-check.ts'
import type { CheckSpec, CheckVerdict } from '../../../harness/model/check.ts'
import type { Journey } from '../../../harness/model/journey.ts'
import { armEndMs, counter, faultFromMs, faultToMs, notices, planOf } from './arm-story.ts'
import { accountedContract } from './contracts/accounted.ts'
import { betweenContract } from './contracts/between.ts'
import {
  type Contract,
  duringFault,
  measure,
  type Row,
  receipts,
  sabotages,
  source,
} from './contracts/contract.ts'
import { everyoneContract } from './contracts/everyone.ts'
import { invariantContract } from './contracts/invariant.ts'
import { latencyContract } from './contracts/latency.ts'
import { neverContract } from './contracts/never.ts'
import { noEventContract } from './contracts/no-event.ts'
import { reckoningContract } from './contracts/reckoning.ts'
import { recoveryContract } from './contracts/recovery.ts'
import { shareContract } from './contracts/share.ts'
import { successRateContract } from './contracts/success-rate.ts'
import { throughputContract } from './contracts/throughput.ts'
import { timeToContract } from './contracts/time-to.ts'
import { recordOf } from './journals.ts'

/** A contract of every kind of check; a new kind is a file beside these, and a line here. */
const contracts: Record<string, Contract> = {
  'success-rate': successRateContract,
  latency: latencyContract,
  throughput: throughputContract,
  recovery: recoveryContract,
  'time-to': timeToContract,
  'no-event': noEventContract,
  between: betweenContract,
  everyone: everyoneContract,
  share: shareContract,
  never: neverContract,
  accounted: accountedContract,
  invariant: invariantContract,
  reckoning: reckoningContract,
}

function judge({ spec, arm }: Row) {
  const plan = planOf([spec], { faultsOn: arm.faultsOn ?? true })
  return judgeCheck(spec, recordOf(plan, arm))
}

describe('the registry', () => {
  it('has a contract for every kind of check, and no kind twice', () => {
    expect(checkKinds.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(contracts).toSorted())
  })

  it('knows no other kind', () => {
    expect(checkKind('success')).toBeUndefined()
  })

  it('sums every kind up in a line', () => {
    for (const { kind, summary } of checkKinds) expect(summary, kind).toMatch(/^\S.{20,110}$/)
  })
})

describe.each(Object.entries(contracts))('%s', (kind, { rows, refused, appliesEverywhere }) => {
  it('has a row for every verdict it can come to, and for an empty sample', () => {
    const verdicts: CheckVerdict[] = ['holds', 'deviates', 'inconclusive']
    if (!appliesEverywhere) verdicts.push('not-applicable')
    expect([...new Set(rows.map((row) => row.verdict))].toSorted()).toEqual(verdicts.toSorted())
    expect(rows.some((row) => row.verdict === 'inconclusive' && row.evidence?.n === 0)).toBe(true)
  })

  it.each(rows)('$is', (row) => {
    expect(row.spec.kind).toBe(kind)
    expect(checkKind(kind)!.problems(row.spec)).toEqual([])
    const finding = judge(row)
    expect(finding.verdict).toBe(row.verdict)
    if (row.role !== undefined) expect(finding.role).toBe(row.role)
    if (row.said !== undefined) expect(finding.said).toMatch(row.said)
    if (row.evidence !== undefined) expect(finding.evidence).toMatchObject(row.evidence)
    if (row.lookAt !== undefined) expect(finding.lookAt).toEqual(row.lookAt)
  })

  it.each(rows)('$is: said in words, as plain data, the same each time', (row) => {
    const finding = judge(row)
    expect(finding.said).toMatch(/^\S.*[^\s.;]$/)
    expect(finding.said).not.toMatch(/NaN|undefined|null|Infinity|\[object/)
    expect(JSON.parse(JSON.stringify(finding))).toEqual(finding)
    expect(judge(row)).toEqual(finding)
    // The spec of an old journal is the spec of today.
    expect(judge({ ...row, spec: JSON.parse(JSON.stringify(row.spec)) })).toEqual(finding)
  })

  it.each(rows)('$is: with evidence that fits its verdict', (row) => {
    const { verdict, evidence, lookAt = [] } = judge(row)
    expect(lookAt.length).toBeLessThanOrEqual(5)
    if (verdict === 'holds') expect(lookAt).toEqual([])
    if (verdict === 'not-applicable') {
      expect(evidence).toBeNull()
      return
    }
    expect(evidence!.n).toBeGreaterThanOrEqual(0)
    if (evidence!.samplesToDecide !== undefined) {
      expect(verdict).toBe('inconclusive')
      expect(evidence!.samplesToDecide).toBeGreaterThan(evidence!.n)
    }
    if (verdict === 'holds') {
      const [low, high] = evidence!.interval!
      if (evidence!.good === 'at least') expect(low).toBeGreaterThanOrEqual(evidence!.threshold)
      else expect(high).toBeLessThanOrEqual(evidence!.threshold)
    }
  })

  it.each(refused.map(([why, spec]) => ({ why, spec })))('refuses a spec where $why', ({ why, spec }) => {
    const problems = checkKind(kind)!.problems(spec)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(why)
    expect(problems[0]!.startsWith(`check '${spec.title}': `)).toBe(true)
  })

  it('refuses parameters of another version, and tells all problems at once', () => {
    const { spec } = rows[0]!
    expect(checkKind(kind)!.problems({ ...spec, params: { ...spec.params, novel: 1 } })).toHaveLength(1)
    expect(checkKind(kind)!.problems({ ...spec, params: {}, source: '', title: '' }).length).toBeGreaterThan(
      2,
    )
  })
})

describe('titles', () => {
  const journey: Journey = {
    name: counter,
    title: 'a visitor at the counter',
    entrance: 'official→community-centre',
    succeedsWith: ['certificate', 'receipt'],
    run: async () => 'certificate',
  }

  it.each<[string, CheckSpec]>([
    [
      'a visitor at the counter: success ≥ 95 % during fault, from 2 s',
      successRate(journey, { atLeast: 0.95, after: '2s', ...duringFault }),
    ],
    [
      'a visitor at the counter (login): p95 ≤ 800 ms during fault, until 1 s before its end',
      latency(journey, { quantile: 0.95, below: '800ms', step: 'login', untilEnd: '1s', ...duringFault }),
    ],
    [
      'a visitor at the counter: ≥ 20/s succeed from baseline to recovery',
      throughput(journey, { atLeast: '20/s', during: ['baseline', 'recovery'], source }),
    ],
    [
      'a visitor at the counter: recovered ≤ 4 s after the fault',
      recovery(journey, { within: '4s', source }),
    ],
    [
      'fallback.opened ≤ 2 s after the fault begins',
      timeTo('fallback.opened', { within: '2s', of: 'injected', source, measure }),
    ],
    [
      'fallback.closed ≤ 2 s after the last fault is gone',
      timeTo('fallback.closed', { within: '2s', of: 'reverted', source, measure }),
    ],
    ['without a fault, no fallback.opened', noEvent('fallback.opened', { measure, source })],
    ['a visitor at the counter: everyone is served', everyone(journey, { atLeast: 1, source })],
    [
      "of all 'shed', ≥ 90 % are a visitor at the counter during fault",
      share({
        measure,
        of: 'shed',
        journeys: journey,
        among: [journey, notices],
        atLeast: 0.9,
        ...duringFault,
      }),
    ],
    [
      'a visitor at the counter: never let-in or data-shown',
      never(journey, { outcome: ['let-in', 'data-shown'], atLeast: 1, source, sabotages }),
    ],
    [receipts, invariant(receipts, { source, sabotages })],
    ['in other words', successRate(journey, { atLeast: 0.95, title: 'in other words', ...duringFault })],
  ])('%s', (title, spec) => {
    expect(spec.title).toBe(title)
  })

  it('reads journeys by their names', () => {
    expect(successRate([journey, notices], { atLeast: 0.9, ...duringFault }).journeys).toEqual([
      counter,
      notices,
    ])
    expect(
      share({
        measure,
        of: 'shed',
        journeys: notices,
        among: [notices, journey],
        atLeast: 0.9,
        ...duringFault,
      }).journeys,
    ).toEqual([notices, counter])
  })
})

describe('the stories', () => {
  it('are timed as the rows take them to be', () => {
    const { acts, injected, reverted } = recordOf(planOf([]))
    expect(acts).toEqual([
      { act: 'baseline', fromMs: 0, toMs: faultFromMs, cpuWaitShare: null, hostBusy: null },
      { act: 'fault', fromMs: faultFromMs, toMs: faultToMs, cpuWaitShare: null, hostBusy: null },
      { act: 'recovery', fromMs: faultToMs, toMs: armEndMs, cpuWaitShare: null, hostBusy: null },
    ])
    expect(injected.map(({ ms }) => ms)).toEqual([faultFromMs])
    expect(reverted.map(({ ms }) => ms)).toEqual([faultToMs])
  })
})
