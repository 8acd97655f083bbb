import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openmetricsReporter } from '../../../../harness/reporters/openmetrics.ts'
import { counter, epoch } from '../../checks/arm-story.ts'
import { runEvents } from '../../checks/run-events.ts'
import { place } from '../../fixtures/command-line.ts'
import { fault, plan, type ToldRun, toldRun, treated, untreated } from '../otlp/a-told-run.ts'
import { strange } from '../run-variants.ts'
import { type Read, read } from './parse.ts'

async function metricsOf({ dir, result }: ToldRun): Promise<Read[]> {
  await openmetricsReporter().runEnded!(result, dir)
  return read(readFileSync(join(dir, 'metrics.om'), 'utf8'))
}

/** Of the samples with these labels: when, ms from the arm's start, and what. */
function seriesOf(
  samples: readonly Read[],
  name: string,
  labels: Readonly<Record<string, string>>,
): [number, number][] {
  return samples
    .filter(
      (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
    )
    .map(({ at, value }) => [at - epoch, value])
}

const sums = (counts: readonly number[]): number[] => {
  let sum = 0
  return counts.map((count) => (sum += count))
}

describe('visits', () => {
  it('are counted from the start of their arm on, in the bins of the curves, by what became of them', async () => {
    const run = toldRun()
    const samples = await metricsOf(run)
    for (const { arm, journeys } of run.result.scenarios[0]!.arms) {
      const { series, outcomes } = journeys[counter]!
      const of = { scenario: plan.scenario, arm, journey: counter }
      expect(seriesOf(samples, 'chaos_arrivals_total', of)).toEqual([
        [0, 0],
        ...sums(series.arrivals).map((sum, i) => [(i + 1) * series.binMs, sum]),
      ])
      expect(
        seriesOf(samples, 'chaos_visits_total', { ...of, served: 'true' }).map(([, value]) => value),
      ).toEqual([0, ...sums(series.ok)])
      for (const [outcome, count] of Object.entries(outcomes))
        expect(seriesOf(samples, 'chaos_visits_total', { ...of, outcome }).at(-1)![1]).toBe(count)
    }
    // It was run twice, and counts once.
    expect(
      seriesOf(samples, 'chaos_visits_total', { arm: 'untreated', outcome: 'timed-out' }).at(-1),
    ).toEqual([10_000, 80])
  })

  it('tell how long those took who were served, bin by bin; where nobody was it is no number', async () => {
    const run = toldRun()
    const samples = await metricsOf(run)
    const name = 'chaos_served_visit_duration_seconds'
    const of = { arm: 'untreated' }
    const { series } = run.result.scenarios[0]!.arms[0]!.journeys[counter]!
    for (const [quantile, ms] of [
      ['0.5', series.p50Ms],
      ['0.95', series.p95Ms],
    ] as const)
      expect(seriesOf(samples, name, { ...of, quantile }).map(([, value]) => value)).toEqual(
        [null, ...ms].map((one) => (one === null ? Number.NaN : one / 1000)),
      )
    // 120 visits of 100 ms.
    expect(seriesOf(samples, `${name}_count`, of).at(-1)).toEqual([10_000, 120])
    expect(seriesOf(samples, `${name}_sum`, of).at(-1)).toEqual([10_000, 12])
    expect(seriesOf(samples, `${name}_sum`, of)[1]![1]).toBe(0.2)
  })

  it('whose journeys threw have one outcome; of more than a hundred outcomes the rest is one', async () => {
    const visits = Array.from({ length: 120 }, (_, i) => ({
      journey: counter,
      ok: false,
      fromMs: 50 * i,
      toMs: 50 * i + 1,
      outcome: `why-${i}`,
    }))
    const threw = { journey: counter, ok: false, fromMs: 9000, outcome: 'error: fetch failed for visit 17' }
    const first = await metricsOf(toldRun(runEvents([{ plan, arms: [{ ...untreated, visits }] }])))
    expect(new Set(first.flatMap(({ labels }) => labels.outcome ?? [])).size).toBe(101)
    expect(seriesOf(first, 'chaos_visits_total', { outcome: 'other' }).at(-1)![1]).toBe(20)
    const second = await metricsOf(toldRun(runEvents([{ plan, arms: [{ ...untreated, visits: [threw] }] }])))
    expect(seriesOf(second, 'chaos_visits_total', { outcome: 'error' }).at(-1)![1]).toBe(20)
  })
})

it('faults are 1 from their injection to their revert, or to the end of the arm', async () => {
  const samples = await metricsOf(
    toldRun(runEvents([{ plan, arms: [untreated, { ...treated, revertedMs: null }] }])),
  )
  expect(seriesOf(samples, 'chaos_fault_active', { arm: 'untreated', fault })).toEqual([
    [0, 0],
    [2004, 1],
    [6007, 0],
  ])
  expect(seriesOf(samples, 'chaos_fault_active', { arm: 'treated', fault })).toEqual([
    [0, 0],
    [2000, 1],
    [10_500, 0],
  ])
})

it('verdicts of checks, arms, scenarios and the run stand at their ends', async () => {
  const run = toldRun(runEvents([{ plan, arms: [{ arm: 'control' }, untreated, treated] }]))
  const samples = await metricsOf(run)
  const stateOf = (family: string, labels: Readonly<Record<string, string>>): string[] =>
    samples
      .filter(({ family: name, value }) => name === family && value === 1)
      .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
      .map((one) => `${one.labels[family]} at ${one.at - epoch}`)
  const [scenario] = run.result.scenarios
  for (const { arm, verdict, checks } of scenario!.arms) {
    expect(stateOf('chaos_arm_verdict', { arm })).toEqual([`${verdict} at 10500`])
    for (const { id, role, verdict: of } of checks)
      expect(stateOf('chaos_check_verdict', { arm, check: id, role })).toEqual([`${of} at 10500`])
  }
  expect(stateOf('chaos_scenario_verdict', {})).toEqual([`${scenario!.verdict} at 60000`])
  expect(seriesOf(samples, 'chaos_run_exit_code', {})).toEqual([[60_000, run.result.exitCode]])
  expect(samples.find(({ name }) => name === 'chaos_run_info')!.labels).toMatchObject({
    run: run.result.run,
    seed: 'november',
  })
})

describe('the file', () => {
  it('is one for a run without a scenario, for an arm that began no act, and for strange names', async () => {
    const none = await metricsOf(toldRun(runEvents([])))
    expect(none.map(({ name }) => name)).toEqual(['chaos_run_exit_code', 'chaos_run_info'])
    const idle = await metricsOf(
      toldRun(runEvents([{ plan, arms: [{ ...untreated, acts: 0, visits: [] }] }])),
    )
    expect(idle.some(({ name }) => name === 'chaos_arm_verdict')).toBe(true)
    const odd = { ...untreated, visits: [{ journey: counter, ok: false, outcome: `${strange} "\\n"` }] }
    const samples = await metricsOf(toldRun(runEvents([{ plan, arms: [odd] }])))
    expect(samples.flatMap(({ labels }) => labels.outcome ?? [])[0]).toBe(`${strange} "\\n"`.toWellFormed())
  })

  it('is not there where the journal is gone', async () => {
    const { dir, result } = toldRun()
    const gone = openmetricsReporter({ journal: join(dir, 'gone.jsonl') })
    await expect(gone.runEnded!(result, dir)).rejects.toThrow(/there is no journal at .*gone\.jsonl/)
    expect(readdirSync(dir)).toEqual(['journal.jsonl'])
  })

  it('is written again by analyze, of a journal by any name', async () => {
    const { dir, journal, result } = toldRun()
    await openmetricsReporter().runEnded!(result, dir)
    const renamed = join(dir, 'monday.jsonl')
    writeFileSync(renamed, readFileSync(journal))
    writeFileSync(journal, '')
    using here = place()
    const file = join(dir, 'build', 'monday.om')
    const { code } = await here.run('analyze', renamed, '--reporter', `openmetrics=${file}`)
    expect(code).toBe(result.exitCode)
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(dir, 'metrics.om'), 'utf8'))
  })
})
