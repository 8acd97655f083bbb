import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { successRate } from '../../../harness/checks/success-rate.ts'
import { BadInput } from '../../../harness/errors.ts'
import type { JournalEvent } from '../../../harness/journal/events.ts'
import { judgeEvents, judgeJournal } from '../../../harness/judging/judge-journal.ts'
import type { Plan } from '../../../harness/model/plan.ts'
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

describe('judging a journal', () => {
  it('gives the run as result.json holds it', () => {
    const result = judgeEvents(runEvents(both))
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
    const file = join(mkdtempSync(join(tmpdir(), 'journal-')), 'journal.jsonl')
    onTestFinished(() => rmSync(dirname(file), { recursive: true }))
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    expect(await judgeJournal(file)).toEqual(judgeEvents(events))
  })

  it('takes the worst of its scenarios', () => {
    const result = judgeEvents(
      runEvents([
        { plan: november, arms: sound },
        { plan: overload, arms: [control, { ...untreated, visits: [{ journey: counter }] }, treated] },
      ]),
    )
    expect(result).toMatchObject({ verdict: 'vacuous', exitCode: 3 })
    expect(result.scenarios.map((s) => s.verdict)).toEqual(['holds', 'vacuous'])
  })

  it('judges a run under way, arm by arm', () => {
    const [first, second] = [
      judgeEvents(runEvents([{ plan: november, arms: [control] }], null)),
      judgeEvents(runEvents([{ plan: november, arms: [control, untreated] }], null)),
    ]
    expect(first!.scenarios[0]).toMatchObject({ verdict: 'inconclusive', said: 'only the control arm ran' })
    expect(second!.scenarios[0]!.arms.map((arm) => arm.verdict)).toEqual(['holds', 'deviates'])
  })

  it('is a harness error where the journal stops, wherever that is', () => {
    const events = runEvents(both)
    for (const length of [1, 2, 3, 20, 400, Math.floor(events.length / 2), events.length - 1]) {
      const result = judgeEvents(events.slice(0, length))
      expect(result).toMatchObject({ ending: 'failed', exitCode: 5 })
    }
  })

  it('judges what is whole where a line is damaged, and is green for nothing that was on it', () => {
    const events = runEvents(both)
    // Every line but those of visits, of which there are many alike.
    const lines = [...events.keys()].filter(
      (i) => i > 0 && (events[i]!.kind !== 'observation' || events[i - 1]!.kind !== 'observation'),
    )
    for (const i of lines) {
      const { kind, at } = events[i]!
      const damaged = { kind: 'journal.damaged' as const, at, line: i + 1 }
      const result = judgeEvents(events.with(i, damaged))
      const [whose, other] = i < events.length / 2 ? [both[0], both[1]] : [both[1], both[0]]
      const found = (plan: Plan) => result.scenarios.find(({ scenario }) => scenario === plan.scenario)
      expect(found(other!.plan)?.verdict, `${kind} ${i}`).toBe('holds')
      if (kind === 'run.ended') expect(result.exitCode).toBe(5)
      else {
        expect(result.exitCode, `${kind} ${i}`).toBe(kind === 'arm.ended' ? 5 : 2)
        expect(found(whose!.plan)?.verdict, `${kind} ${i}`).toBe(
          kind === 'scenario.started' ? undefined : 'inconclusive',
        )
      }
    }
  })

  it('says which line of an arm is damaged', () => {
    const events = runEvents([{ plan: november, arms: sound }])
    const i = events.findIndex(({ kind }) => kind === 'observation') + 3
    const result = judgeEvents(events.with(i, { kind: 'journal.damaged', at: events[i]!.at, line: i + 1 }))
    const said = result.scenarios[0]!.arms.map(({ voids }) => voids.map((one) => one.said).join())
    expect(said).toEqual([
      expect.stringMatching(`the journal was damaged while .*: line ${i + 1} could not be read`),
      '',
      '',
    ])
  })

  it('counts an arm that has not ended as failed, and judges what is known', () => {
    const events = runEvents([{ plan: november, arms: [control, { ...untreated, ended: null }] }], null)
    const [, arm] = judgeEvents(events).scenarios[0]!.arms
    expect(arm).toMatchObject({
      arm: 'untreated',
      ending: 'failed',
      error: 'the journal stops in the middle of this arm',
      verdict: 'inconclusive',
    })
  })

  it('gives the same of arms side by side as of one after the other, however their lines are mixed', () => {
    const events = runEvents(both)
    const [head, tail] = [events.slice(0, 1), events.slice(-1)]
    const queues = both.map(({ plan, arms }) => ({
      scenario: plan.scenario,
      arms: arms.map((story) => ({ arm: story.arm!, events: armEvents(plan, story) })),
    }))
    const plans = both.map(({ plan }): JournalEvent => ({ kind: 'scenario.started', at: 1, plan }))
    const apart = judgeEvents(events)
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (chance) => {
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
        expect(judgeEvents([...head, ...plans, ...mixed, ...tail])).toEqual(apart)
      }),
      { numRuns: 20 },
    )
  })

  it('keeps arms apart where one never ended and another began', () => {
    const events = runEvents([{ plan: november, arms: [{ ...control, ended: null }, untreated, treated] }])
    const [scenario] = judgeEvents(events).scenarios
    expect(scenario!.arms.map((arm) => [arm.arm, arm.ending])).toEqual([
      ['control', 'failed'],
      ['untreated', 'finished'],
      ['treated', 'finished'],
    ])
  })

  it('ends as the run did', () => {
    const cut = [
      { plan: november, arms: [control, { ...untreated, ended: { outcome: 'interrupted' } } as const] },
    ]
    expect(judgeEvents(runEvents(cut, 'interrupted'))).toMatchObject({
      ending: 'interrupted',
      exitCode: 130,
    })
    expect(judgeEvents(runEvents([], 'finished'))).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 2,
    })
  })

  it('tells what was asked for and never begun', () => {
    const [run, ...events] = runEvents([{ plan: november, arms: [control] }], 'interrupted')
    const planned = [
      { scenario: november.scenario, arms: ['control', 'treated'] },
      { scenario: overload.scenario, arms: ['untreated'] },
    ]
    const told = judgeEvents([{ ...run!, planned } as JournalEvent, ...events])
    expect(told.notRun).toEqual([
      { scenario: november.scenario, arms: ['treated'] },
      { scenario: overload.scenario, arms: ['untreated'] },
    ])
    expect(judgeEvents([run!, ...events]).notRun).toEqual([])
  })

  it('refuses a journal that is none, and says which event', () => {
    const events = runEvents(both)
    expect(() => judgeEvents(events.slice(1))).toThrow(/it has no run.started/)
    expect(() => judgeEvents([events[0]!, ...events.slice(2)])).toThrow(
      /event 2 \(arm.started\): there is no plan of '17-nov-gpki-stall' before it/,
    )
    const planless = { kind: 'scenario.started', at: 1 } as JournalEvent
    expect(() => judgeEvents([events[0]!, planless])).toThrow(BadInput)
    expect(() => judgeEvents([events[0]!, planless])).toThrow(/the journal is corrupt: event 2/)
  })
})
