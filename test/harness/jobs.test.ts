/** Arms side by side: in their order, so many at a time; a void one once more by itself; stopped where nothing more is wanted. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type Job, type JobsOptions, type Planned, runJobs } from '../../harness/experiment/jobs.ts'
import { judgeArm } from '../../harness/judging/judge-arm.ts'
import type { ArmResult, Ending, Void } from '../../harness/model/result.ts'
import type { System } from '../../harness/model/system.ts'
import { planOf } from './checks/arm-story.ts'
import { recordOf } from './checks/journals.ts'

const arms = ['control', 'untreated', 'treated'] as const
const planned = (scenario: string): Planned => ({
  plan: { ...planOf([]), scenario },
  system: {} as System,
  arms,
})
const passing: Void = { kind: 'host', said: 'the host was busy', repeatHelps: true }
const lasting: Void = { kind: 'fault', said: 'the fault was never injected', repeatHelps: false }

/** What happens, in order: `+a/control` an arm begins, `-a/control` it ends, `=a` its scenario has ended. */
async function happens(
  options: Partial<JobsOptions> & { scenarios?: string[] },
  outcome: (job: Job) => { ending?: Ending; voids?: readonly Void[]; takesMs?: number } = () => ({}),
  verdict: (scenario: string) => 'holds' | 'deviates' = () => 'holds',
): Promise<{ events: string[]; ending: Ending; because: (string | undefined)[]; atOnce: number }> {
  const events: string[] = []
  const because: (string | undefined)[] = []
  let now = 0
  let atOnce = 0
  const ending = await runJobs(
    {
      plans: (options.scenarios ?? ['a']).map(planned),
      parallel: 1,
      retryInconclusive: 0,
      bail: false,
      signal: new AbortController().signal,
      ...options,
      async runOne(job, why) {
        events.push(`+${job.plan.scenario}/${job.arm}`)
        because.push(why)
        atOnce = Math.max(atOnce, ++now)
        const { ending = 'finished', voids = [], takesMs = 1 } = outcome(job)
        await sleep(takesMs)
        now--
        const result: ArmResult = {
          ...judgeArm(recordOf(job.plan, { arm: job.arm })),
          retries: [],
          ending,
          voids,
          ...(voids.length > 0 && { verdict: 'inconclusive', said: `void: ${voids[0]!.said}` }),
        }
        return { ending, result }
      },
    },
    {
      armEnded: (job) => void events.push(`-${job.plan.scenario}/${job.arm}`),
      scenarioEnded(scenario) {
        events.push(`=${scenario}`)
        return verdict(scenario)
      },
    },
  )
  return { events, ending, because, atOnce }
}

describe('arms', () => {
  it('run in their order, one after the other', async () => {
    const { events, ending } = await happens({ scenarios: ['a', 'b'] })
    const of = (scenario: string) => arms.flatMap((arm) => [`+${scenario}/${arm}`, `-${scenario}/${arm}`])
    expect(events).toEqual([...of('a'), '=a', ...of('b'), '=b'])
    expect(ending).toBe('finished')
  })

  it('run side by side, never more than so many, across scenarios', async () => {
    const { events, atOnce } = await happens({ scenarios: ['a', 'b'], parallel: 2 }, ({ arm }) => ({
      takesMs: arm === 'untreated' ? 40 : 5,
    }))
    expect(atOnce).toBe(2)
    expect(events.filter((one) => one.startsWith('+'))).toEqual(
      ['a', 'b'].flatMap((scenario) => arms.map((arm) => `+${scenario}/${arm}`)),
    )
    // The slow arm of one keeps nobody of the other waiting.
    expect(events.indexOf('+b/control')).toBeLessThan(events.indexOf('-a/untreated'))
  })
})

describe('a void arm', () => {
  const voidFirst = (voids: readonly Void[]) => (job: Job) => ({
    voids: job.arm === 'treated' && job.attempt === 1 ? voids : [],
  })

  it('that had others beside it runs once more by itself when they are done', async () => {
    const { events, because, atOnce } = await happens({ parallel: 3 }, (job) => ({
      ...voidFirst([passing])(job),
      takesMs: job.arm === 'control' ? 30 : 1,
    }))
    expect(atOnce).toBe(3)
    expect(events.slice(-3)).toEqual(['+a/treated', '-a/treated', '=a'])
    expect(events.indexOf('-a/control')).toBe(events.length - 4)
    expect(because.at(-1)).toBe('with 3 arms side by side it was void: the host was busy; repeated by itself')
  })

  it('that ran by itself is left as it is, unless retries are asked for', async () => {
    expect((await happens({}, voidFirst([passing]))).because).toHaveLength(3)
    const { because } = await happens({ retryInconclusive: 2 }, voidFirst([passing]))
    expect(because).toEqual([
      undefined,
      undefined,
      undefined,
      'it was void: the host was busy; repeat 1 of 2',
    ])
  })

  it('is retried as often as was asked for, and no more', async () => {
    const always = (job: Job) => ({ voids: job.arm === 'treated' ? [passing] : [] })
    expect((await happens({ retryInconclusive: 2 }, always)).because).toHaveLength(5)
    // Side by side it has one try by itself before.
    expect((await happens({ retryInconclusive: 2, parallel: 2 }, always)).because).toHaveLength(6)
  })

  it('is not repeated where a repeat cannot help, even for one of its reasons', async () => {
    for (const voids of [[lasting], [passing, lasting]])
      expect((await happens({ retryInconclusive: 2, parallel: 2 }, voidFirst(voids))).because).toHaveLength(3)
  })
})

describe('nothing new is started', () => {
  it.each(['failed', 'interrupted'] as const)(
    'once an arm %s; a scenario is judged by what ran, and one that never began is not',
    async (how) => {
      const { events, ending } = await happens({ scenarios: ['a', 'b'] }, ({ arm }) => ({
        ...(arm === 'untreated' && { ending: how }),
      }))
      expect(ending).toBe(how)
      expect(events).toEqual(['+a/control', '-a/control', '+a/untreated', '-a/untreated', '=a'])
    },
  )

  it('with --bail once a scenario does not hold; what runs by then comes to its end', async () => {
    const { events, ending } = await happens(
      { scenarios: ['a', 'b', 'c'], bail: true },
      undefined,
      (scenario) => (scenario === 'b' ? 'deviates' : 'holds'),
    )
    expect(ending).toBe('finished')
    expect(events.filter((one) => one.startsWith('='))).toEqual(['=a', '=b'])
    expect(events).not.toContain('+c/control')
  })
})
