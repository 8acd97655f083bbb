import { describe, expect, it } from 'vitest'
import { invariant } from '../../../harness/checks/invariant.ts'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { timeTo } from '../../../harness/checks/time-to.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { ArmResult } from '../../../harness/model/result.ts'
import {
  type ArmStory,
  counter,
  notices,
  planOf,
  probeDuring,
  recordOf,
  stall,
  type Visits,
} from '../checks/journals.ts'

const source = '† ours'
const service = successRate(counter, { atLeast: 0.9, during: 'fault', title: 'the counter serves', source })
const ledger = invariant('every receipt was entered', { sabotages: ['loses receipts'], source })
const measure = 'password-fallback'
const opens = timeTo('fallback.opened', { within: '2s', of: 'injected', measure, source })
const whole = { invariants: [{ checked: 12 }] }

const collapse: readonly Visits[] = [
  { journey: counter, toMs: 2000 },
  { journey: counter, fromMs: 2000, toMs: 6000, ok: false },
  { journey: counter, fromMs: 6000 },
]

function saidOf({ voids }: Pick<ArmResult, 'voids'>): string[] {
  return voids.map(({ said }) => said)
}

function judged(story: ArmStory, differing: Partial<Plan> = {}) {
  return judgeArm(recordOf(planOf([service, ledger], differing), { ...whole, ...story }))
}

describe('an arm without a void', () => {
  it('holds in control, and says that the measures do no harm', () => {
    expect(judged({ arm: 'control' })).toMatchObject({
      verdict: 'holds',
      voids: [],
      said: 'without any fault 2 checks hold: healthy, and the measures do no harm',
      faults: [],
      ending: 'finished',
      tookMs: 12_000,
      plannedMs: 10_000,
      lookAt: [],
      journeys: { [counter]: { arrivals: 200, ok: 200, outcomes: { certificate: 200 }, failures: {} } },
    })
  })

  it('holds in treated, and names the measures', () => {
    expect(judged({ arm: 'treated' })).toMatchObject({
      verdict: 'holds',
      voids: [],
      said: 'with the fault and password-fallback 2 checks hold',
      faults: [
        {
          fault: stall.id,
          injectedAtMs: 2000,
          revertedAtMs: 6000,
          injectedLateMs: 0,
          bit: true,
          sightings: [
            { when: 'before', bites: false },
            { when: 'during', bites: true },
            { when: 'after', bites: false },
          ],
        },
      ],
    })
  })

  it('deviates in control: unhealthy without any fault', () => {
    const result = judged({ arm: 'control', visits: collapse })
    expect(result.verdict).toBe('deviates')
    expect(result.said).toMatch(/^unhealthy without any fault: 'the counter serves': success 0 %/)
    expect(result.lookAt[0]).toBe(`${counter} #40 at +2.0 s: timed-out`)
  })

  it('deviates in treated: the measure does not save it, and which was left out', () => {
    const result = judged(
      { visits: collapse },
      { measures: [{ name: 'deadlines', params: {} }], without: ['password-fallback'] },
    )
    expect(result.verdict).toBe('deviates')
    expect(result.said).toMatch(
      /^the measures do not save it \(deadlines, without password-fallback\): 'the counter serves': success 0 %/,
    )
  })

  it('is in doubt where it deviates on a busy host, and only there', () => {
    expect(judged({ visits: collapse, cpuWaitShare: 0.8 })).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(/^void: the host was busy: .* 80 % of the time .* at most 70 % allowed/),
    })
    expect(judged({ visits: collapse, cpuWaitShare: 0.6 }).verdict).toBe('deviates')
    expect(judged({ cpuWaitShare: 0.8 }).verdict).toBe('holds')
    expect(judged({ arm: 'untreated', visits: collapse, cpuWaitShare: 0.8 }).verdict).toBe('deviates')
    const invariants = [{ checked: 12, violations: 1 }]
    expect(judged({ invariants, cpuWaitShare: 0.8 }).verdict).toBe('deviates')
  })

  it('takes waiting for use, and use where an older journal tells no waiting', () => {
    expect(judged({ visits: collapse, hostBusy: 0.99, cpuWaitShare: 0.6 }).verdict).toBe('deviates')
    expect(judged({ visits: collapse, hostBusy: 0.99 }).said).toMatch(
      /the host was busy: 99 % .* at most 98 %/,
    )
    expect(judged({ visits: collapse, hostBusy: 0.98 }).verdict).toBe('deviates')
  })

  it('is void where the harness stood still, and a short pause is none', () => {
    expect(judged({ stoodStillMs: 3200 })).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(/^void: the harness stood still for 3.2 s, at most 400 ms allowed/),
    })
    expect(judged({ stoodStillMs: 350 }).verdict).toBe('holds')
  })

  it('deviates where a guard broke, in control and treated', () => {
    const invariants = [{ checked: 12, violations: 1, examples: ['receipt 7 was lost'] }]
    expect(judged({ arm: 'control', invariants })).toMatchObject({
      verdict: 'deviates',
      said: expect.stringMatching(
        /^unhealthy without any fault, a guard broke: 'every receipt was entered': 1 of 12/,
      ),
      lookAt: ['receipt 7 was lost'],
    })
    expect(judged({ invariants }).said).toMatch(/^a guard broke: 'every receipt was entered'/)
  })

  it('tells the service level first where a guard broke too', () => {
    const invariants = [{ checked: 12, violations: 1 }]
    const plan = planOf([ledger, service])
    expect(judgeArm(recordOf(plan, { invariants, visits: collapse })).said).toMatch(
      /^the measures do not save it \(password-fallback\): 'the counter serves': .* \(and 1 more\)$/,
    )
  })

  it('is inconclusive where a check is', () => {
    expect(judged({ invariants: [] })).toMatchObject({
      verdict: 'inconclusive',
      voids: [],
      said: "'every receipt was entered': it was not read: the arm did not come that far",
    })
  })

  it('is inconclusive where no check had anything to say', () => {
    const closes = timeTo('fallback.closed', { within: '2s', of: 'reverted', measure, source })
    expect(judgeArm(recordOf(planOf([closes]), { arm: 'control' }))).toMatchObject({
      verdict: 'inconclusive',
      said: 'no check had anything to say of this arm',
    })
  })

  it('deviates in untreated as it must, and gives nobody anything to look at', () => {
    const result = judged({ arm: 'untreated', visits: collapse })
    expect(result).toMatchObject({ verdict: 'deviates', lookAt: [] })
    expect(result.said).toMatch(
      /^deviates, as it must without the measures, by 1 service level: 'the counter serves'/,
    )
    expect(result.journeys[counter]).toMatchObject({
      arrivals: 200,
      ok: 120,
      outcomes: { certificate: 120, 'timed-out': 80 },
      failures: { 'timed-out': 80 },
    })
  })

  it('holds in untreated where a service level does, which shows nothing', () => {
    expect(judged({ arm: 'untreated' })).toMatchObject({
      verdict: 'holds',
      said: expect.stringMatching(/^without the measures it holds just as well: 'the counter serves'/),
    })
  })

  it('deviates in untreated where a guard broke, and says so', () => {
    const result = judged({
      arm: 'untreated',
      visits: collapse,
      invariants: [{ checked: 3, violations: 2, examples: ['a', 'b'] }],
    })
    expect(result.said).toMatch(/^a guard broke with no measure: 'every receipt was entered': 2 of 3/)
    expect(result).toMatchObject({ verdict: 'deviates', lookAt: ['a', 'b'] })
  })

  it('is inconclusive in untreated where a service level is', () => {
    const visits = [...collapse.slice(0, 1), { journey: counter, fromMs: 6000 }]
    expect(judged({ arm: 'untreated', visits })).toMatchObject({
      verdict: 'inconclusive',
      said: expect.stringMatching(/no visit was due during fault/),
    })
  })

  it('asks nothing of a mechanism without a fault, nor without its measure', () => {
    const plan = planOf([opens])
    const verdict = (arm: Arm) => judgeArm(recordOf(plan, { arm })).checks[0]!.verdict
    expect(['control', 'untreated', 'treated'].map((arm) => verdict(arm as Arm))).toEqual([
      'not-applicable',
      'not-applicable',
      'deviates',
    ])
  })

  it('is never judged by the name of the arm: the same story gives the same findings', () => {
    const checks = [service, ledger, opens]
    const treated = recordOf(planOf(checks), { ...whole, visits: collapse })
    for (const arm of ['control', 'untreated', 'without-deadlines'] as const)
      expect(judgeArm({ ...treated, arm }).checks).toEqual(judgeArm(treated).checks)
  })

  it('with some of the measures may deviate, and says with which', () => {
    const measures = ['deadlines', 'password-fallback'].map((name) => ({ name, params: {} }))
    const arm = 'without-password-fallback'
    expect(judged({ arm, visits: collapse }, { measures })).toMatchObject({
      expected: null,
      measures: ['deadlines'],
      verdict: 'deviates',
      said: expect.stringMatching(/^with deadlines 1 service level deviate: 'the counter serves'/),
    })
    expect(judged({ arm }, { measures }).said).toBe('with deadlines every service level holds')
  })

  it('leaves open a check that it does not know, or cannot read', () => {
    const unknown = { ...service, kind: 'telepathy' }
    const broken = { ...service, title: 'broken', params: { ...service.params, atLeast: 2 } }
    const result = judgeArm(recordOf(planOf([unknown, broken]), {}))
    expect(result.checks).toMatchObject([
      { verdict: 'inconclusive', said: "there is no check of the kind 'telepathy' here" },
      {
        verdict: 'inconclusive',
        said: expect.stringMatching(/^it cannot be judged: check 'broken': atLeast must be/),
      },
    ])
    expect(result.verdict).toBe('inconclusive')
  })
})

describe('what Toxiproxy itself says of a fault', () => {
  const server = (story: ArmStory) => judged(story).faults[0]!.server

  it('is what its toxics did, the probe told from users', () => {
    const witness = { kind: 'events', bitten: [probeDuring, 'user/1', 'user/2'] } as const
    expect(judged({ witness }).witness).toBe('events')
    expect(server({ witness })).toEqual({
      from: 'toxics',
      bittenConnections: 3,
      probeConnections: 1,
      chunks: 3,
      bytes: 300,
      delayedChunks: 0,
      slicedChunks: 0,
      answeredRequests: 0,
      droppedBytes: 300,
      cuts: 0,
      firstBiteAtMs: 2007,
    })
  })

  it('counts a connection once that two of its toxics bit, and what was not heard by the totals', () => {
    const record = recordOf(planOf([service]), { witness: { kind: 'events', bitten: ['user/1'] } })
    const twice = {
      ...record,
      bites: [...record.bites, { ...record.bites[0]!, toxic: 'stall-upstream' }],
      removals: [...record.removals, { ...record.removals[0]!, toxic: 'stall-upstream' }],
    }
    expect(judgeArm(twice).faults[0]!.server).toMatchObject({ bittenConnections: 1, droppedBytes: 200 })
    expect(server({ witness: { kind: 'events', bitten: ['user/1'], missed: ['user/2'] } })).toMatchObject({
      bittenConnections: 2,
    })
  })

  it('is what its link carried meanwhile, where there are only metrics', () => {
    expect(server({ witness: { kind: 'metrics' } })).toEqual({
      from: 'metrics',
      receivedBytes: 8000,
      sentBytes: 6000,
    })
  })

  it('is nothing where it was not asked, was not heard or cannot say', () => {
    expect(judged({}).witness).toBe(null)
    expect(server({})).toBe(null)
    expect(server({ witness: { kind: 'none' } })).toBe(null)
    expect(server({ witness: { kind: 'events', bitten: ['user/1'], totals: null } })).toBe(null)
  })
})

describe('an arm is void', () => {
  const before = { when: 'before', bites: false } as const
  const during = { when: 'during', bites: true } as const
  const after = { when: 'after', bites: false } as const

  it.each<[string, RegExp, ArmStory]>([
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
    ['where it did not come to its baseline', /did not come to its baseline/, { acts: 0 }],
    [
      'where a service died',
      /service saeol died and nobody had stopped it \(exit code 1\): see logs\/saeol.log/,
      { deaths: [{ service: 'saeol', code: 1, signal: null, log: 'logs/saeol.log' }] },
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
  ])('%s', (_, why, story) => {
    for (const visits of [undefined, collapse]) {
      const result = judged({ ...(visits !== undefined && { visits }), ...story })
      expect(saidOf(result).some((said) => why.test(said))).toBe(true)
      expect(result.verdict).toBe('inconclusive')
      expect(result.said.startsWith('void: ')).toBe(true)
    }
  })

  it.each<[string, RegExp, ArmStory]>([
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
  ])('%s', (_, why, story) => {
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
      deaths: [{ service: 'saeol', code: null, signal: 'SIGSEGV', log: 'logs/saeol.log' }],
      ended: { outcome: 'failed', error: 'saeol ended', lookAt: ['logs/saeol.log', 'logs/l4.log'] },
    })
    expect(result.lookAt).toEqual(['logs/saeol.log', 'logs/l4.log'])
    expect(result).toMatchObject({ ending: 'failed', error: 'saeol ended' })
    expect(result.voids).toHaveLength(2)
  })
})
