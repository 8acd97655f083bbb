/** Plans like those of real scenarios. */
import { actsInTurn } from '../../../harness/model/acts.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import { check } from './a-run.ts'

export const official = 'official-issues-certificate'

export const visitor = 'visitor-at-the-counter'

export const citizen = 'citizen-uses-gov24'

export const gpkiStall: Plan = {
  scenario: '17-nov-gpki-stall',
  title: '17 Nov 08:40 — GPKI accepts connections and never answers',
  facts: ['T2', 'F4', 'S0'],
  system: 'administrative-network',
  knobs: {},
  acts: actsInTurn({ baseline: 3000, fault: 8000, recovery: 6000 }),
  load: [
    { journey: official, perSecond: [25, 25], process: 'poisson' },
    { journey: visitor, perSecond: [5, 5], process: 'poisson' },
    { journey: citizen, perSecond: [8, 20], process: 'regular' },
  ],
  faults: [
    { kind: 'stall', id: 'stall l4→gpki-a', fromMs: 3000, toMs: 11_000, link: 'l4→gpki-a', params: {} },
    { kind: 'stall', id: 'stall l4→gpki-b', fromMs: 3000, toMs: 11_000, link: 'l4→gpki-b', params: {} },
  ],
  actions: [],
  measures: [
    { name: 'deadlines', params: { hopMs: 800 } },
    { name: 'password-fallback', params: { opensAfterMs: 1000, twoPersons: true } },
    { name: 'manual-intake', params: {} },
  ],
  without: [],
  faultsOn: true,
  checks: [
    check(
      'success-rate',
      'officials log in and issue: success ≥ 95 %',
      'protected',
      [official],
      'zdnet 20250828134555',
    ),
    check('latency', 'login: p95 ≤ 800 ms', 'protected', [official], '† ours'),
    check('time-to', 'the fallback opens ≤ 2 s after injection', 'mechanism', [], '† ours'),
    check('invariant', 'no wrong password was accepted', 'guard', [citizen], 'fallback invariant 3'),
    check(
      'invariant',
      'nothing lost: receipts written = entered + rejected',
      'guard',
      [],
      'ledger invariant 1',
    ),
  ],
  baselineAtLeast: 0.9,
}

export const overload: Plan = {
  ...gpkiStall,
  scenario: '22-nov-overload',
  title: '22 Nov 11:45 — pop-ups and downloads hold the connections',
  facts: ['T10', 'F8'],
  acts: actsInTurn({ baseline: 4000, fault: 12_000, recovery: 8000 }),
  faults: [
    {
      kind: 'surge',
      id: `surge ${official}`,
      fromMs: 5000,
      toMs: 13_000,
      params: { journey: official, perSecond: 60 },
    },
    {
      kind: 'throttle',
      id: 'throttle saeol→resident',
      fromMs: 6500,
      toMs: 16_000,
      link: 'saeol→resident',
      params: { kilobytesPerSecond: 64 },
    },
  ],
  measures: [
    { name: 'deadlines', params: { hopMs: 800 } },
    { name: 'load-shedding', params: { queue: 40, first: ['notices', 'downloads'] } },
  ],
}
