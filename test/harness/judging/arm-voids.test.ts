/** What voids an arm: evidence that is missing, or contradicts itself. */
import { describe, expect, it } from 'vitest'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { ArmResult } from '../../../harness/model/result.ts'
import { type ArmStory, counter, notices, planOf, stall, type Visits } from '../checks/arm-story.ts'
import { probeDuring, recordOf } from '../checks/journals.ts'
import { collapse, judged, service } from './an-arm.ts'

function saidOf({ voids }: Pick<ArmResult, 'voids'>): string[] {
  return voids.map(({ said }) => said)
}

const before = { when: 'before', bites: false } as const
const during = { when: 'during', bites: true } as const
const after = { when: 'after', bites: false } as const
const saeolDied = { service: 'saeol', code: 1, signal: null, log: 'logs/saeol.log' }

const voiding: [string, RegExp, ArmStory][] = [
  [
    'where the fault was not seen to bite',
    /not seen to bite by its own probe: looked during/,
    { sightings: [before, { when: 'during', bites: false }] },
  ],
  [
    'where the probe could not tell',
    /not seen to bite/,
    { sightings: [before, { when: 'during', bites: null }] },
  ],
  [
    'where it was seen to bite only after it was reverted',
    /not seen to bite by its own probe: looked during/,
    { sightings: [before, { when: 'during', bites: false }, { when: 'after', bites: true }] },
  ],
  ['where it was not probed while it was on', /was not probed while it was on/, { sightings: [before] }],
  [
    'where it seemed to bite before',
    /seemed to bite before it was injected/,
    { sightings: [{ when: 'before', bites: true }, during] },
  ],
  ['where nobody looked before', /was not probed before/, { sightings: [during] }],
  [
    'where the look before failed',
    /could not be told before it was injected/,
    { sightings: [{ when: 'before', bites: null }, during, after] },
  ],
  [
    'where it still bites after its revert',
    /was not seen gone after it was reverted: looked after/,
    { sightings: [before, during, { when: 'after', bites: true }] },
  ],
  ['where nobody looked after', /was not probed after it was reverted/, { sightings: [before, during] }],
  [
    'where it came late by more than a tenth of its life',
    /was injected 401 ms late, at most 400 ms allowed/,
    { injectedMs: 2401 },
  ],
  [
    'where it went late by more than a tenth of its life',
    /was reverted 401 ms late, at most 400 ms allowed/,
    { revertedMs: 6401 },
  ],
  ['where the fault was never injected', /was never injected/, { injectedMs: null, revertedMs: null }],
  ['where it was never reverted', /was never reverted/, { revertedMs: null }],
  [
    'where the lag is too long',
    /missed its schedule: lag p99 101 ms, at most 100 ms allowed/,
    { generator: { lagP99Ms: 101 } },
  ],
  ['where one arrival was dropped', /dropped 1 of 200 arrivals/, { generator: { dropped: 1 } }],
  [
    'where the host stalled',
    /the host stalled: .* 401 ms, at most 400 ms allowed/,
    { generator: { loopDelayMaxMs: 401 } },
  ],
  ['where the generator gave no account', /gave no account/, { generator: null }],
  ['where the journal lost visits', /holds 200 of the 201 visits/, { generator: { started: 201 } }],
  ['where it was interrupted', /the arm was interrupted/, { ended: { outcome: 'interrupted' } }],
  [
    'where it failed',
    /the arm failed: postgres did not start/,
    { ended: { outcome: 'failed', error: 'postgres did not start' } },
  ],
  ['where its journal stops', /the journal stops in the middle/, { ended: null }],
  ['where an action failed', /'replace' failed: it is not on/, { failed: { replace: 'it is not on' } }],
  [
    'where one was not seen to work',
    /'mute' was not seen to work: it rings/,
    { unseen: { mute: 'it rings' } },
  ],
  ['where it did not come to its baseline', /did not come to its baseline/, { acts: 0 }],
  [
    'where a service died',
    /service saeol died and nobody had stopped it \(exit code 1\): see logs\/saeol.log/,
    { deaths: [saeolDied] },
  ],
  [
    'where the baseline gate was not met',
    /baseline gate: 35 of 40 visits of visitor-at-counter succeeded before any fault, at least 90 % must/,
    {
      visits: [
        { journey: counter, toMs: 250, ok: false },
        { journey: counter, fromMs: 250 },
      ],
    },
  ],
  [
    'where visits were not served for a second before the baseline ended',
    /baseline gate: 15 of 20 visits of visitor-at-counter succeeded before any fault/,
    {
      visits: [
        { journey: counter, toMs: 750 },
        { journey: counter, fromMs: 750, toMs: 1000, ok: false, tookMs: 3000 },
        { journey: counter, fromMs: 1050, toMs: 2000, ok: false, tookMs: 3000 },
        { journey: counter, fromMs: 2000 },
      ],
    },
  ],
  [
    'where nobody came in the baseline',
    /no visit of visitor-at-counter was due in the baseline/,
    { visits: [{ journey: counter, fromMs: 2000 }] },
  ],
  [
    'where few came in the baseline',
    /too few samples: 9 visits/,
    {
      visits: [
        { journey: counter, toMs: 450 },
        { journey: counter, fromMs: 2000 },
      ],
    },
  ],
]

const notVoiding: [string, RegExp, ArmStory][] = [
  [
    'where the probe saw a fault of which Toxiproxy says that it bit nothing at all',
    /^the probe saw stall saeol→l4 bite, but Toxiproxy says that no connection was bitten, not even the probe's own/,
    { witness: { kind: 'events', bitten: [] } },
  ],
  [
    'where the fault met no user in untreated',
    /^stall saeol→l4 touched no user: Toxiproxy says that it bit no connection but the probe's own/,
    { arm: 'untreated', visits: collapse, witness: { kind: 'events', bitten: [probeDuring] } },
  ],
  [
    'where the probe did not see what Toxiproxy says it did',
    /not seen to bite by its own probe: looked during \(but Toxiproxy says that it bit 2 connections: the two do not agree\)$/,
    {
      sightings: [before, { when: 'during', bites: false }],
      witness: { kind: 'events', bitten: ['user/1', 'user/2'] },
    },
  ],
  [
    'where neither saw it',
    /not seen to bite by its own probe: looked during$/,
    {
      sightings: [before, { when: 'during', bites: false }],
      witness: { kind: 'events', bitten: [] },
    },
  ],
]

describe('an arm is void', () => {
  it.each<[string, RegExp, ArmStory]>(voiding)('%s', (_, why, story) => {
    for (const visits of [undefined, collapse]) {
      const result = judged({ ...(visits !== undefined && { visits }), ...story })
      expect(saidOf(result).some((said) => why.test(said))).toBe(true)
      expect(result.verdict).toBe('inconclusive')
      expect(result.said.startsWith('void: ')).toBe(true)
    }
  })

  it.each<[string, RegExp, ArmStory]>(notVoiding)('%s', (_, why, story) => {
    const result = judged(story)
    expect(saidOf(result)).toEqual([expect.stringMatching(why)])
    expect(result.verdict).toBe('inconclusive')
  })

  it.each<[string, ArmStory]>([
    ['where both saw it', { witness: { kind: 'events', bitten: [probeDuring, 'user/1'] } }],
    // Keeping users away from the fault may be what the measure does.
    ['where it met no user in treated', { witness: { kind: 'events', bitten: [probeDuring] } }],
    [
      'where it met one in untreated',
      { arm: 'untreated', witness: { kind: 'events', bitten: [probeDuring, 'user/1'] } },
    ],
    [
      'where bites of users were not heard, but are in the total',
      { arm: 'untreated', witness: { kind: 'events', bitten: [probeDuring], missed: ['user/1'] } },
    ],
    [
      'where the total was not heard',
      { arm: 'untreated', witness: { kind: 'events', bitten: [probeDuring], totals: null } },
    ],
    [
      'where the link carried nothing by its metrics',
      { witness: { kind: 'metrics', carried: { before: 0, after: 0 } } },
    ],
    ['where Toxiproxy has nothing to say', { witness: { kind: 'none' } }],
    ['where nobody asked it', {}],
  ])('not %s', (_, story) => {
    expect(saidOf(judged({ ...(story.arm === 'untreated' && { visits: collapse }), ...story }))).toEqual([])
  })

  it('not for one fault without users, where another fault met some or cannot be vouched for', () => {
    const other = { ...stall, id: 'stall l4→gpki', link: 'l4→gpki' }
    const untreated = { arm: 'untreated', visits: collapse } as const
    const alone = recordOf(planOf([service]), { ...untreated, witness: { kind: 'events', bitten: [] } })
    const two = { ...alone.plan, faults: [stall, other] }
    const also = <E extends { fault: string }>(events: readonly E[]) => [
      ...events,
      ...events.map((event) => ({ ...event, fault: other.id })),
    ]
    const record = {
      ...alone,
      plan: two,
      injected: also(alone.injected),
      reverted: also(alone.reverted),
      sightings: also(alone.sightings),
    }
    // Of the other nothing is known: it may explain what the probe saw.
    expect(saidOf(judgeArm(record))).toEqual([])
    const [none] = alone.removals
    const unbitten = { ...record, removals: also(alone.removals) }
    expect(saidOf(judgeArm(unbitten))).toEqual([
      expect.stringMatching(/^the probe saw stall saeol→l4, stall l4→gpki bite, but/),
    ])
    const bitten = { ...none!, fault: other.id, totals: { ...none!.totals, bittenConnections: 3 } }
    expect(saidOf(judgeArm({ ...record, removals: [none!, bitten] }))).toEqual([])
  })

  it('for every journey that misses the gate, in every arm', () => {
    const load: Plan['load'] = [counter, notices].map((journey) => ({
      journey,
      perSecond: [20, 20],
      process: 'regular',
    }))
    const visits: Visits[] = [{ journey: counter }, { journey: notices, ok: false }]
    for (const arm of ['control', 'untreated', 'treated'] as const)
      expect(saidOf(judged({ arm, visits }, { load }))).toEqual([
        `baseline gate: 0 of 39 visits of ${notices} succeeded before any fault, at least 90 % must`,
      ])
  })

  it('where a fault comes to an arm that was to have none', () => {
    const plan = planOf([service])
    const record = recordOf(plan, { arm: 'control' })
    const injected = recordOf(plan, {}).injected
    expect(saidOf(judgeArm({ ...record, injected }))).toEqual([
      `${stall.id} was injected although this arm was to have no fault`,
    ])
    expect(saidOf(judgeArm({ ...record, faultsOn: true }))).toEqual([
      'this arm was to have no fault and had them',
    ])
    expect(saidOf(judgeArm({ ...recordOf(plan, {}), faultsOn: false }))).toEqual([
      'this arm was to have the faults and had none',
    ])
  })

  it('where a fault that came back was not reverted again', () => {
    const record = recordOf(planOf([service]), { revertedMs: 3000 })
    const [injected] = record.injected
    const flapping = { ...record, injected: [injected!, { ...injected!, ms: 4000 }] }
    expect(saidOf(judgeArm(flapping))).toEqual([`${stall.id} was never reverted`])
    expect(judgeArm(flapping).faults[0]).toMatchObject({ injectedAtMs: 2000, revertedAtMs: null })
  })

  it('not at the limits themselves', () => {
    expect(saidOf(judged({ generator: { lagP99Ms: 100, loopDelayMaxMs: 400 } }))).toEqual([])
  })

  it('not for a look that could not tell, where another one could', () => {
    const sightings = [
      { when: 'before', bites: false },
      { when: 'during', bites: null },
      { when: 'during', bites: true },
      { when: 'after', bites: null },
      { when: 'after', bites: false },
    ] as const
    expect(saidOf(judged({ sightings }))).toEqual([])
  })

  it('not for want of a fault with --no-faults', () => {
    for (const arm of ['control', 'untreated', 'treated'] as const)
      expect(judged({ arm }, { faultsOn: false })).toMatchObject({ voids: [], faults: [] })
  })

  it('and says where to look: what the arm said, logs, but not its checks', () => {
    const result = judged({
      visits: collapse,
      deaths: [{ ...saeolDied, code: null, signal: 'SIGSEGV' }],
      ended: { outcome: 'failed', error: 'saeol ended', lookAt: ['logs/saeol.log', 'logs/l4.log'] },
    })
    expect(result.lookAt).toEqual(['logs/saeol.log', 'logs/l4.log'])
    expect(result).toMatchObject({ ending: 'failed', error: 'saeol ended' })
    expect(result.voids).toHaveLength(2)
  })
})
