/** What an arm comes to when its evidence is whole. */
import { describe, expect, it } from 'vitest'
import { timeTo } from '../../../harness/checks/time-to.ts'
import { judgeArm } from '../../../harness/judging/judge-arm.ts'
import type { Arm } from '../../../harness/model/arms.ts'
import { type ArmStory, counter, planOf, stall } from '../checks/arm-story.ts'
import { probeDuring, recordOf } from '../checks/journals.ts'
import { collapse, judged, ledger, service, source, whole } from './an-arm.ts'

const measure = 'password-fallback'

const opens = timeTo('fallback.opened', { within: '2s', of: 'injected', measure, source })

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

  it.each(['without-password-fallback', 'only-password-fallback', 'with-none'] as const)(
    'is in doubt likewise where it is there to be compared with: %s',
    (arm) => {
      const busy = judged({ arm, visits: collapse, cpuWaitShare: 0.8 })
      expect(busy.verdict).toBe('inconclusive')
      expect(busy.voids[0]).toMatchObject({ kind: 'host', repeatHelps: true })
      expect(judged({ arm, visits: collapse, cpuWaitShare: 0.6 }).verdict).toBe('deviates')
    },
  )

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
