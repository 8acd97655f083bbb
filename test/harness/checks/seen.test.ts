/** No check sees which arm it judges: not by its type, and not by what it does. */
import fc from 'fast-check'
import { expect, expectTypeOf, it } from 'vitest'
import { accounted } from '../../../harness/checks/accounted.ts'
import { records, visits } from '../../../harness/checks/accounts.ts'
import { between } from '../../../harness/checks/between.ts'
import type { CheckKind, Seen } from '../../../harness/checks/check-kind.ts'
import { everyone } from '../../../harness/checks/everyone.ts'
import { checkKind, checkKinds } from '../../../harness/checks/index.ts'
import { invariant } from '../../../harness/checks/invariant.ts'
import { latency } from '../../../harness/checks/latency.ts'
import { never } from '../../../harness/checks/never.ts'
import { noEvent } from '../../../harness/checks/no-event.ts'
import { balances, reckoning } from '../../../harness/checks/reckoning.ts'
import { recovery } from '../../../harness/checks/recovery.ts'
import { share } from '../../../harness/checks/share.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { throughput } from '../../../harness/checks/throughput.ts'
import { timeTo } from '../../../harness/checks/time-to.ts'
import type { ArmRecord } from '../../../harness/journal/record.ts'
import { counter, notices, planOf, type Visits } from './arm-story.ts'
import { recordOf } from './journals.ts'

const source = '† ours'
const sabotages = ['x']
const measure = 'password-fallback'
const checks = [
  successRate(counter, { atLeast: 0.9, during: 'fault', source }),
  latency(counter, { quantile: 0.9, below: '1s', during: 'fault', source }),
  throughput(counter, { atLeast: '5/s', during: 'fault', source }),
  everyone(counter, { atLeast: 5, source }),
  recovery(counter, { within: '2s', source }),
  share({
    of: 'shed',
    journeys: notices,
    among: [notices, counter],
    atLeast: 0.5,
    measure,
    during: 'fault',
    source,
  }),
  timeTo('fallback.opened', { within: '2s', of: 'injected', measure, source }),
  noEvent('fallback.opened', { measure, source }),
  between('alarm.raised', 'fallback.opened', { measure, source }),
  never(counter, { outcome: 'let-in', atLeast: 5, source, sabotages }),
  accounted(counter, { outcome: 'certificate', by: 'kept', source, sabotages }),
  invariant('kept', { source, sabotages }),
  reckoning({
    source,
    lines: [balances('certificates', [visits(counter, 'certificate')], [records('kept')])],
  }),
]
const plan = planOf(checks)

it('has every kind', () => {
  expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(checkKinds.map(({ kind }) => kind)))
})

it('by its type', () => {
  expectTypeOf<Parameters<CheckKind['judge']>[1]>().toEqualTypeOf<Seen>()
  expectTypeOf<Extract<keyof Seen, 'arm' | 'faultsOn' | 'measures'>>().toBeNever()
  expectTypeOf<ArmRecord>().toExtend<Seen>()
})

const story = fc.record({
  failsFromMs: fc.integer({ min: 0, max: 10_000 }),
  failsForMs: fc.integer({ min: 0, max: 8000 }),
  openedMs: fc.option(fc.integer({ min: 2000, max: 6000 })),
  kept: fc.integer({ min: 0, max: 300 }),
})

it('judges the same record the same, whatever the arm is called and was to have', () => {
  fc.assert(
    fc.property(
      story,
      fc.constantFrom('control', 'untreated', 'treated', 'without-x', 'only-y'),
      fc.boolean(),
      ({ failsFromMs, failsForMs, openedMs, kept }, arm, faultsOn) => {
        const visits: Visits[] = [
          { journey: counter, toMs: failsFromMs },
          { journey: counter, fromMs: failsFromMs, toMs: failsFromMs + failsForMs, ok: false },
          { journey: counter, fromMs: failsFromMs + failsForMs },
          { journey: notices, outcome: 'shed', ok: false },
        ]
        const record = recordOf(plan, {
          visits,
          system: openedMs === null ? [] : [{ event: 'fallback.opened', ms: openedMs }],
          invariants: [{ name: 'kept', checked: kept }],
        })
        const renamed = { ...record, arm, faultsOn, measures: [] } as ArmRecord
        for (const spec of checks) {
          const { judge } = checkKind(spec.kind)!
          expect(judge(spec, renamed)).toEqual(judge(spec, record))
        }
      },
    ),
    { numRuns: 60 },
  )
})
