import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JournalEvent } from '../../../../harness/journal/events.ts'
import { traceIdOf } from '../../../../harness/load/trace.ts'
import { messageOfLine, requestWriter } from '../../../../harness/reporters/otlp/file.ts'
import type { Span } from '../../../../harness/reporters/otlp/message.ts'
import { isSampled, visitSet } from '../../../../harness/reporters/otlp/sampling.ts'
import { otlpReporter } from '../../../../harness/reporters/otlp.ts'
import { counter, epoch } from '../../checks/arm-story.ts'
import { runEvents } from '../../checks/run-events.ts'
import { strange } from '../run-variants.ts'
import { fault, plan, type ToldRun, toldRun, treated, untreated } from './a-told-run.ts'
import { expectWhole, type Received, received, valuesOf } from './strict.ts'

async function spansOf({ dir, result }: ToldRun): Promise<Received[]> {
  await otlpReporter().runEnded!(result, dir)
  const spans = received(readFileSync(join(dir, 'otlp.json'), 'utf8'))
  expectWhole(spans)
  return spans
}

const told = (span: Received) => valuesOf(span.attributes)
const nanos = (ms: number): string => `${epoch + ms}000000`
const visitsIn = (spans: readonly Received[]): Received[] => spans.filter(({ links }) => links !== undefined)

describe('the run as one trace', () => {
  it('has scenario, arms, acts, faults and actions, each within its own', async () => {
    const run = toldRun()
    const spans = await spansOf(run)
    const { traceId } = spans.find(({ name }) => name === 'run')!
    const ofRun = spans.filter((span) => span.traceId === traceId)
    const pathOf = (span: Received): string => {
      const parent = ofRun.find(({ spanId }) => spanId === span.parentSpanId)
      return parent === undefined ? span.name : `${pathOf(parent)} / ${span.name}`
    }
    const acts = ['baseline', 'fault', 'recovery']
    const scenario = `run / ${plan.scenario}`
    const arm = (name: string): string => `${scenario} / ${name}: ${plan.scenario}`
    expect(ofRun.map(pathOf).toSorted()).toEqual(
      [
        'run',
        scenario,
        ...['untreated', 'untreated', 'treated'].flatMap((name) => [
          arm(name),
          ...acts.map((act) => `${arm(name)} / ${act}`),
          `${arm(name)} / fault / ${fault}`,
        ]),
        `${arm('treated')} / fault / declare-normal`,
      ].toSorted(),
    )
    // The same each time: what has it already has it once.
    expect((await spansOf(run)).map(({ spanId }) => spanId)).toEqual(spans.map(({ spanId }) => spanId))
  })

  it('says of a fault when it was planned and when it was on, and what its probe saw', async () => {
    const spans = await spansOf(toldRun(runEvents([{ plan, arms: [untreated] }])))
    const [one, ...others] = spans.filter(({ name }) => name === fault)
    expect(others).toEqual([])
    expect(one).toMatchObject({ startTimeUnixNano: nanos(2004), endTimeUnixNano: nanos(6007) })
    expect(told(one!)).toMatchObject({
      'chaos.fault.kind': 'stall',
      'chaos.fault.link': 'saeol→l4',
      'chaos.fault.bit': true,
      'chaos.planned_from': '2023-11-17T08:40:02.000Z',
      'chaos.planned_to': '2023-11-17T08:40:06.000Z',
      'chaos.late_ms': 4,
      'chaos.revert_late_ms': 7,
    })
    expect(one!.events!.map(({ attributes }) => valuesOf(attributes))).toEqual([
      { 'chaos.when': 'before', 'chaos.bites': false, 'chaos.said': 'looked before' },
      { 'chaos.when': 'during', 'chaos.bites': true, 'chaos.said': 'looked during' },
      { 'chaos.when': 'after', 'chaos.bites': false, 'chaos.said': 'looked after' },
    ])
  })

  it('says of arms what they came to, check by check; of an attempt that does not count only that', async () => {
    const { dir, result, journal } = toldRun()
    const arms = (await spansOf({ dir, result, journal })).filter(({ name }) =>
      name.startsWith('untreated: 17-nov'),
    )
    const [first, second] = arms.toSorted(
      (a, b) => Number(a.resource['chaos.attempt']) - Number(b.resource['chaos.attempt']),
    )
    expect(told(first!)).toMatchObject({ 'chaos.attempt.counts': false, 'chaos.visits': 200n })
    expect(told(first!)).not.toHaveProperty('chaos.verdict')
    expect(told(second!)).toMatchObject({ 'chaos.attempt.counts': true, 'chaos.verdict': 'deviates' })
    expect(second!.status).toEqual({ code: 1 })
    expect(second!.events!.map(({ attributes }) => valuesOf(attributes))).toEqual([
      expect.objectContaining({
        'chaos.check': plan.checks[0]!.id,
        'test.case.result.status': 'fail',
        'chaos.verdict': 'deviates',
        'chaos.estimate': 0,
        'chaos.threshold': 0.9,
      }),
    ])
  })

  it('tells what the system said in its act, as far as there is room, and how much had none', async () => {
    const system = Array.from({ length: 131 }, (_, i) => ({ event: 'fallback.refused', ms: 3000 + i }))
    const spans = await spansOf(toldRun(runEvents([{ plan, arms: [{ ...treated, system }] }])))
    const [baseline, act] = ['baseline', 'fault'].map((name) => spans.find((span) => span.name === name)!)
    expect(baseline).toMatchObject({ events: [], droppedEventsCount: 0 })
    expect(act).toMatchObject({ droppedEventsCount: 3 })
    expect(act!.events).toHaveLength(128)
    expect(act!.events![0]).toMatchObject({ name: 'fallback.refused', timeUnixNano: nanos(3000) })
  })

  it('is told of a journal that stops in the middle of an arm', async () => {
    const cut = runEvents([{ plan, arms: [{ ...untreated, ended: null }] }], null)
    const spans = await spansOf(toldRun(cut))
    expect(spans.find(({ name }) => name.startsWith('untreated: 17-nov'))!.status).toEqual({
      code: 2,
      message: 'the journal stops in the middle of this arm',
    })
  })

  it('says of an action that failed, or was not seen to have worked, that it is in error', async () => {
    const arm = {
      ...treated,
      failed: { 'mute-desk': 'the desk is gone' },
      unseen: { 'declare-normal': 'nobody heard' },
    }
    const spans = await spansOf(toldRun(runEvents([{ plan, arms: [arm] }])))
    const statusOf = (action: string) => spans.find(({ name }) => name === action)!.status
    expect(statusOf('mute-desk')).toEqual({ code: 2, message: 'the desk is gone' })
    expect(statusOf('declare-normal')).toEqual({ code: 2, message: 'not seen to have worked: nobody heard' })
  })
})

describe('visits', () => {
  it('have the trace that services were handed, and one trace shows every arm', async () => {
    const spans = await spansOf(toldRun())
    const traceId = traceIdOf('november', `${counter}/0`, 77)
    const visits = visitsIn(spans).filter((span) => span.traceId === traceId)
    expect(visits.map(({ name, resource, status }) => [name, resource['chaos.attempt'], status])).toEqual([
      [`untreated: ${counter}`, 1n, { code: 2, message: 'timed-out' }],
      [`untreated: ${counter}`, 2n, { code: 2, message: 'timed-out' }],
      [`treated: ${counter}`, 1n, undefined],
    ])
    for (const { name, resource } of visits) expect(name).toBe(`${resource['chaos.arm']}: ${counter}`)
    expect(visits.map((one) => told(one)['chaos.sampling.kept'])).toEqual([
      'not-served',
      'not-served',
      'not-served-in-another-arm',
    ])
    expect(told(visits[0]!)).toMatchObject({
      'chaos.visit': 77n,
      'chaos.served': false,
      'error.type': 'timed-out',
    })
    expect(told(visits[2]!)).not.toHaveProperty('error.type')
  })

  it('are all there where they were not served in some arm; of the others one in ten, the same in every arm', async () => {
    const visits = Array.from({ length: 4 }, (_, i) => ({
      ...untreated.visits![0]!,
      stream: `${counter}/${i}`,
      toMs: 10_000,
      everyMs: 10,
    }))
    const failing = {
      ...untreated.visits![1]!,
      fromMs: 3000,
      toMs: 3500,
      stream: `${counter}/late`,
      everyMs: 5,
    }
    const arms = [
      { ...untreated, visits: [...visits, failing] },
      { ...treated, visits: [...visits, { ...failing, ok: true, outcome: 'certificate' }] },
    ]
    const run = toldRun(runEvents([{ plan, arms }]))
    const spans = await spansOf(run)
    const keptIn = (arm: string, kept: string): string[] =>
      visitsIn(spans)
        .filter((span) => span.resource['chaos.arm'] === arm && told(span)['chaos.sampling.kept'] === kept)
        .map(({ traceId }) => traceId)
    expect(keptIn('untreated', 'not-served')).toHaveLength(100)
    expect(keptIn('treated', 'not-served-in-another-arm')).toEqual(keptIn('untreated', 'not-served'))
    const sampled = keptIn('untreated', 'by-trace-id')
    expect(keptIn('treated', 'by-trace-id')).toEqual(sampled)
    // 4000 visits: six standard deviations about one in ten.
    expect(Math.abs(sampled.length - 400)).toBeLessThan(114)
    const arm = spans.find(({ name }) => name.startsWith('treated: 17-nov'))!
    expect(told(arm)).toMatchObject({
      'chaos.visits': 4100n,
      'chaos.visits.told': BigInt(100 + sampled.length),
    })
    // More than one line of the file: 500 spans are one message.
    expect(
      readFileSync(join(run.dir, 'otlp.json'), 'utf8').match(/^\{"resource":/gm)!.length,
    ).toBeGreaterThan(3)
  })

  it('have their steps in turn, within the visit, and how much later each may have been', async () => {
    const spans = await spansOf(toldRun())
    const visit = visitsIn(spans).find((span) => told(span)['chaos.served'] === false)!
    const steps = spans.filter((span) => span.parentSpanId === visit.spanId)
    const from = BigInt(visit.startTimeUnixNano)
    expect(
      steps.map(({ name, startTimeUnixNano, endTimeUnixNano }) => [
        name,
        BigInt(startTimeUnixNano) - from,
        BigInt(endTimeUnixNano) - from,
      ]),
    ).toEqual([
      ['ask', 200_000n, 40_200_000n],
      ['receive', 40_200_000n, 90_200_000n],
    ])
    // 700 ms, of which 0.2 ms before its start and 90 ms in steps.
    for (const step of steps) expect(told(step)['chaos.step.later_by_at_most_ms']).toBe(609.8)
  })

  it('end where they ended, whatever their steps add up to', async () => {
    const long = {
      ...treated,
      visits: [{ journey: counter, tookMs: 100, ok: false, steps: { a: 80, b: 80 } }],
    }
    const spans = await spansOf(toldRun(runEvents([{ plan, arms: [long] }])))
    const visit = visitsIn(spans)[0]!
    const steps = spans.filter((span) => span.parentSpanId === visit.spanId)
    expect(steps.map(({ endTimeUnixNano }) => endTimeUnixNano <= visit.endTimeUnixNano)).toEqual([true, true])
  })

  it('of a journey that threw are an error of no kind, with its words', async () => {
    const outcome = 'error: fetch failed for http://127.0.0.1:4711'
    const arm = { ...treated, visits: [{ journey: counter, ok: false, outcome }] }
    const [visit] = visitsIn(await spansOf(toldRun(runEvents([{ plan, arms: [arm] }]))))
    expect(told(visit!)['error.type']).toBe('_OTHER')
    expect(visit!.status).toEqual({ code: 2, message: outcome })
  })
})

describe('the file', () => {
  it('is one for a run without a scenario, and for strange names', async () => {
    expect((await spansOf(toldRun(runEvents([])))).map(({ name }) => name)).toEqual(['run'])
    const names = ['fault', 'said', 'event', 'act', 'took', 'outcome']
    const strangely = runEvents([{ plan, arms: [untreated] }]).map((event): JournalEvent => {
      const keys = names.filter((key) => key in event && !event.kind.endsWith('.ended'))
      return { ...event, ...Object.fromEntries(keys.map((key) => [key, strange])) }
    })
    const spans = await spansOf(toldRun(strangely))
    expect(spans.some(({ name }) => name.includes('정부24 🙂 � '))).toBe(true)
  })

  it('is not there where the journal is gone or cannot be read, and nothing else is left', async () => {
    const { dir, result } = toldRun()
    const gone = otlpReporter({ journal: join(dir, 'gone.jsonl') })
    await expect(gone.runEnded!(result, dir)).rejects.toThrow(/there is no journal at .*gone\.jsonl/)
    const broken = otlpReporter({ journal: dir })
    await expect(broken.runEnded!(result, dir)).rejects.toThrow(
      /cannot write .*otlp\.json: cannot read the journal/,
    )
    expect(readdirSync(dir)).toEqual(['journal.jsonl'])
    expect(existsSync(join(dir, 'otlp.json'))).toBe(false)
  })
})

it('holds no more than a message for each resource: 500 spans are written as they come', () => {
  const written: string[] = []
  const writer = requestWriter((text) => void written.push(text))
  const spans = Array.from({ length: 1200 }, (_, i) => ({ spanId: `${i}` }) as Span)
  const [one, another] = [[], []]
  writer.emit(one, spans.slice(0, 499), false)
  writer.emit(another, spans.slice(0, 499), false)
  expect(written).toEqual([])
  const messages = () => written.flatMap((line) => messageOfLine(line)?.match(/spanId/g)?.length ?? [])
  writer.emit(one, spans.slice(499), false)
  expect(messages()).toEqual([500, 500])
  // Of an arm that is over nothing is held.
  writer.emit(one, [], true)
  expect(messages()).toEqual([500, 500, 200])
  writer.end()
  expect(written.join('').match(/spanId/g)).toHaveLength(1200 + 499)
})

it('a trace id is kept by its last 56 bits alone', () => {
  expect(isSampled(`${'f'.repeat(18)}e6666666666668`)).toBe(true)
  expect(isSampled(`${'f'.repeat(18)}e6666666666667`)).toBe(false)
  expect(isSampled(`${'0'.repeat(18)}ffffffffffffff`)).toBe(true)
})

it('a set of visits knows each by scenario, stream and number', () => {
  const visits = visitSet()
  for (const n of [0, 7, 8, 600, 100_000]) visits.add('a', 's/0', n)
  for (const n of [0, 7, 8, 600, 100_000]) expect(visits.has('a', 's/0', n)).toBe(true)
  for (const n of [1, 6, 9, 599, 99_999, 100_001, 10_000_000]) expect(visits.has('a', 's/0', n)).toBe(false)
  expect(visits.has('a', 's/1', 0)).toBe(false)
  expect(visits.has('b', 's/0', 0)).toBe(false)
})
