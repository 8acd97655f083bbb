import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { BadInput } from '../../../harness/errors.ts'
import type { JournalEvent } from '../../../harness/journal/events.ts'
import { judgeJournal } from '../../../harness/judging/judge-journal.ts'
import { type ArmStory, counter, planOf } from '../checks/arm-story.ts'
import { armEvents } from '../checks/journals.ts'
import { runEvents } from '../checks/run-events.ts'

const service = successRate(counter, { atLeast: 0.9, during: 'fault', source: '† ours' })
const november = planOf([service])
const overload = planOf([service], { scenario: '22-nov-overload' })
const control: ArmStory = { arm: 'control' }
const treated: ArmStory = { arm: 'treated' }
const untreated: ArmStory = {
  arm: 'untreated',
  visits: [
    { journey: counter, toMs: 2000 },
    { journey: counter, fromMs: 2000, ok: false },
  ],
}
const sound = [control, untreated, treated]
const both = [
  { plan: november, arms: sound },
  { plan: overload, arms: sound },
]

async function* streamed(events: readonly JournalEvent[]): AsyncGenerator<JournalEvent> {
  // As a reader would hand them out: line by line, from text.
  for (const event of events) yield JSON.parse(JSON.stringify(event))
}

describe('judging a journal', () => {
  it('gives the run as result.json holds it', async () => {
    const result = await judgeJournal(runEvents(both))
    expect(result).toMatchObject({
      version: 2,
      run: '20231117-084000-abcd',
      seed: 'november',
      startedAt: '2023-11-17T08:39:58.000Z',
      tookMs: 62_000,
      ending: 'finished',
      runtime: 'processes',
      driver: 'builtin',
      toxiproxy: 'embedded',
      verdict: 'holds',
      exitCode: 0,
    })
    expect(
      result.scenarios.map(({ scenario, verdict, arms }) => [scenario, verdict, arms.map((a) => a.arm)]),
    ).toEqual([
      ['17-nov-gpki-stall', 'holds', ['control', 'untreated', 'treated']],
      ['22-nov-overload', 'holds', ['control', 'untreated', 'treated']],
    ])
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  it('gives the same from a file as it was given from memory', async () => {
    const events = runEvents(both)
    expect(await judgeJournal(streamed(events))).toEqual(await judgeJournal(events))
  })

  it('takes the worst of its scenarios', async () => {
    const result = await judgeJournal(
      runEvents([
        { plan: november, arms: sound },
        { plan: overload, arms: [control, { ...untreated, visits: [{ journey: counter }] }, treated] },
      ]),
    )
    expect(result).toMatchObject({ verdict: 'vacuous', exitCode: 3 })
    expect(result.scenarios.map((s) => s.verdict)).toEqual(['holds', 'vacuous'])
  })

  it('judges a run under way, arm by arm', async () => {
    const [first, second] = [
      await judgeJournal(runEvents([{ plan: november, arms: [control] }], null)),
      await judgeJournal(runEvents([{ plan: november, arms: [control, untreated] }], null)),
    ]
    expect(first!.scenarios[0]).toMatchObject({ verdict: 'inconclusive', said: 'only the control arm ran' })
    expect(second!.scenarios[0]!.arms.map((arm) => arm.verdict)).toEqual(['holds', 'deviates'])
  })

  it('is a harness error where the journal stops, wherever that is', async () => {
    const events = runEvents(both)
    for (const length of [1, 2, 3, 20, 400, Math.floor(events.length / 2), events.length - 1]) {
      const result = await judgeJournal(events.slice(0, length))
      expect(result).toMatchObject({ ending: 'failed', exitCode: 5 })
    }
  })

  it('counts an arm that has not ended as failed, and judges what is known', async () => {
    const events = runEvents([{ plan: november, arms: [control, { ...untreated, ended: null }] }], null)
    const [, arm] = (await judgeJournal(events)).scenarios[0]!.arms
    expect(arm).toMatchObject({
      arm: 'untreated',
      ending: 'failed',
      error: 'the journal stops in the middle of this arm',
      verdict: 'inconclusive',
    })
  })

  it('gives the same of arms side by side as of one after the other, however their lines are mixed', async () => {
    const events = runEvents(both)
    const [head, tail] = [events.slice(0, 1), events.slice(-1)]
    const queues = both.map(({ plan, arms }) => ({
      scenario: plan.scenario,
      arms: arms.map((story) => ({ arm: story.arm!, events: armEvents(plan, story) })),
    }))
    const plans = both.map(({ plan }): JournalEvent => ({ kind: 'scenario.started', at: 1, plan }))
    const apart = await judgeJournal(events)
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (chance) => {
        // Whose lines follow is said before they do, as the writer does it.
        const open = queues.flatMap(({ scenario, arms }) =>
          arms.map(({ arm, events }) => ({ scenario, arm, left: [...events] })),
        )
        const mixed: JournalEvent[] = []
        while (open.length > 0) {
          const which = chance.next().value % open.length
          const { scenario, arm, left } = open[which]!
          if (left[0]!.kind !== 'arm.started') mixed.push({ kind: 'arm.turn', at: 1, scenario, arm })
          mixed.push(...left.splice(0, 1 + (chance.next().value % 60)))
          if (left.length === 0) open.splice(which, 1)
        }
        expect(await judgeJournal([...head, ...plans, ...mixed, ...tail])).toEqual(apart)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps arms apart where one never ended and another began', async () => {
    const events = runEvents([{ plan: november, arms: [{ ...control, ended: null }, untreated, treated] }])
    const [scenario] = (await judgeJournal(events)).scenarios
    expect(scenario!.arms.map((arm) => [arm.arm, arm.ending])).toEqual([
      ['control', 'failed'],
      ['untreated', 'finished'],
      ['treated', 'finished'],
    ])
  })

  it('ends as the run did', async () => {
    const cut = [
      { plan: november, arms: [control, { ...untreated, ended: { outcome: 'interrupted' } } as const] },
    ]
    expect(await judgeJournal(runEvents(cut, 'interrupted'))).toMatchObject({
      ending: 'interrupted',
      exitCode: 130,
    })
    expect(await judgeJournal(runEvents([], 'finished'))).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 2,
    })
  })

  it('tells what was asked for and never begun', async () => {
    const [run, ...events] = runEvents([{ plan: november, arms: [control] }], 'interrupted')
    const planned = [
      { scenario: november.scenario, arms: ['control', 'treated'] },
      { scenario: overload.scenario, arms: ['untreated'] },
    ]
    const told = await judgeJournal([{ ...run!, planned } as JournalEvent, ...events])
    expect(told.notRun).toEqual([
      { scenario: november.scenario, arms: ['treated'] },
      { scenario: overload.scenario, arms: ['untreated'] },
    ])
    expect((await judgeJournal([run!, ...events])).notRun).toEqual([])
  })

  it('refuses a journal that is none, and says which event', async () => {
    const events = runEvents(both)
    await expect(judgeJournal(events.slice(1))).rejects.toThrow(/it has no run.started/)
    await expect(judgeJournal([events[0]!, ...events.slice(2)])).rejects.toThrow(
      /event 2 \(arm.started\): there is no plan of '17-nov-gpki-stall' before it/,
    )
    const planless = { kind: 'scenario.started', at: 1 } as JournalEvent
    await expect(judgeJournal([events[0]!, planless])).rejects.toThrow(BadInput)
    await expect(judgeJournal([events[0]!, planless])).rejects.toThrow(/the journal is corrupt: event 2/)
  })
})
