/** Two runs of one scenario that may differ only by chance: another driver, arms side by side instead of one at a time. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type TestContext } from 'vitest'
import type { EventOf, JournalEvent } from '../../harness/journal/events.ts'
import type { CheckResult } from '../../harness/model/check.ts'
import type { RunResult } from '../../harness/model/result.ts'
import { wilsonInterval } from '../../harness/stats/wilson.ts'
import { agreeingScenarios, type Place } from '../harness/fixtures/command-line.ts'
import { decided } from '../second-try.ts'

interface ArmSeen {
  /** When its first act began, epoch ms. */
  startedAt: number
  readonly observations: EventOf<'observation'>[]
}

export interface Ran {
  readonly result: RunResult
  /** By name. */
  readonly arms: ReadonlyMap<string, ArmSeen>
}

/**
 * Runs the scenario in which two generators could disagree; it must hold.
 * @param name of its directory in `here`
 */
export async function agreeing(
  context: TestContext,
  here: Place,
  name: string,
  options: readonly string[],
): Promise<Ran> {
  const out = join(here.dir, name)
  const args = ['run', '--verbose', '--scenarios', agreeingScenarios, '--out', out, ...options]
  const { code, stdout, stderr } = await decided(context, () => here.run(...args))
  expect(stdout + stderr).toMatch(/holds/)
  expect(code).toBe(0)
  const dir = join(out, 'latest')
  const journal = readFileSync(join(dir, 'journal.jsonl'), 'utf8').trim().split('\n')
  return {
    result: JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as RunResult,
    arms: armsOf(journal.map((line) => JSON.parse(line) as JournalEvent)),
  }
}

/** To the hundredth of a millisecond. */
export function expectSameArrivals(one: Ran, other: Ran): void {
  expect([...other.arms.keys()].sort()).toEqual([...one.arms.keys()].sort())
  for (const [name, arm] of one.arms) {
    const [own, others] = [arrivalsOf(arm), arrivalsOf(other.arms.get(name)!)]
    expect([...others.keys()]).toEqual([...own.keys()])
    for (const [stream, times] of own) {
      const its = others.get(stream)!
      expect(its.length, stream).toBe(times.length)
      for (let n = 0; n < times.length; n++) expect(Math.abs(its[n]! - times[n]!)).toBeLessThan(0.025)
    }
  }
}

/**
 * Every check of every arm, and the scenario: the same verdict, and intervals that overlap.
 * @param roomMs by how much two intervals of a latency may miss each other
 */
export function expectSameVerdicts(one: Ran, other: Ran, roomMs: number): void {
  expect(other.result.scenarios.map(({ verdict }) => verdict)).toEqual(
    one.result.scenarios.map(({ verdict }) => verdict),
  )
  const [mine, its] = [checksOf(one), checksOf(other)]
  expect([...its].map(([id, { verdict }]) => [id, verdict])).toEqual(
    [...mine].map(([id, { verdict }]) => [id, verdict]),
  )
  for (const [id, { evidence }] of mine) {
    if (evidence?.interval == null) continue
    const room = evidence.unit === 'ms' ? roomMs : 0
    expect(overlap(evidence.interval, its.get(id)!.evidence!.interval!, room), id).toBe(true)
  }
}

/** How often each outcome came, arm by arm: intervals that overlap. */
export function expectSameOutcomes(one: Ran, other: Ran): void {
  for (const [name, arm] of one.arms) {
    const [a, b] = [outcomesOf(arm), outcomesOf(other.arms.get(name)!)]
    const n = arm.observations.length
    for (const outcome of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const [x, y] = [a[outcome] ?? 0, b[outcome] ?? 0]
      const both = [wilsonInterval(x, n), wilsonInterval(y, n)] as const
      expect(overlap(...both, 0), `${outcome}: ${x} and ${y} of ${n}`).toBe(true)
    }
  }
}

function checksOf({ result }: Ran): Map<string, CheckResult> {
  const all = result.scenarios.flatMap(({ arms }) =>
    arms.flatMap(({ arm, checks }) => checks.map((check) => [`${arm}: ${check.check}`, check] as const)),
  )
  return new Map(all.sort(([a], [b]) => a.localeCompare(b)))
}

function outcomesOf({ observations }: ArmSeen): Record<string, number> {
  const groups = Object.groupBy(observations, ({ outcome }) => outcome)
  return Object.fromEntries(Object.entries(groups).map(([outcome, all]) => [outcome, all!.length]))
}

/** Lines of arms side by side are mixed; `arm.turn` says whose come next. */
function armsOf(events: readonly JournalEvent[]): Map<string, ArmSeen> {
  const arms = new Map<string, ArmSeen>()
  let turn = ''
  for (const event of events) {
    if (event.kind === 'arm.started') arms.set(event.arm, { startedAt: 0, observations: [] })
    if (event.kind === 'arm.started' || event.kind === 'arm.turn') turn = event.arm
    else if (event.kind === 'act.started' && event.act === 'baseline') arms.get(turn)!.startedAt = event.at
    else if (event.kind === 'observation') arms.get(turn)!.observations.push(event)
  }
  return arms
}

/**
 * Due times of each stream in ms: from the arm's start, of a surge from its own first arrival, for it begins when the
 * fault is injected.
 */
function arrivalsOf({ startedAt, observations }: ArmSeen): Map<string, number[]> {
  const streams = new Map<string, number[]>()
  for (const { stream, n, due } of observations.toSorted(
    (a, b) => a.stream.localeCompare(b.stream) || a.n - b.n,
  )) {
    const times = streams.get(stream) ?? []
    expect(n).toBe(times.length)
    streams.set(stream, [...times, due])
  }
  for (const [stream, times] of streams) {
    const from = stream.startsWith('surge/') ? times[0]! : startedAt
    streams.set(
      stream,
      times.map((due) => due - from),
    )
  }
  return streams
}

type Interval = readonly [number | null, number | null]

function overlap([a, b]: Interval, [c, d]: Interval, room: number): boolean {
  const from = Math.max(a ?? Number.NEGATIVE_INFINITY, c ?? Number.NEGATIVE_INFINITY)
  const to = Math.min(b ?? Number.POSITIVE_INFINITY, d ?? Number.POSITIVE_INFINITY)
  return from <= to + room
}
