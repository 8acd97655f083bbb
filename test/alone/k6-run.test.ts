/** Whole runs with the driver k6: it agrees with the built-in one, and whatever becomes of it, nothing is left. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest'
import type { EventOf, JournalEvent } from '../../harness/journal/events.ts'
import { k6Driver } from '../../harness/load/k6/driver.ts'
import type { CheckResult } from '../../harness/model/check.ts'
import type { RunResult } from '../../harness/model/result.ts'
import { wilsonInterval } from '../../harness/stats/wilson.ts'
import {
  agreeingScenarios,
  type Place,
  place,
  type Started,
  tinyScenarios,
} from '../harness/fixtures/command-line.ts'
import { describeWith } from '../needs.ts'
import { decided } from '../second-try.ts'

/** One arm after the other, each event as it happens: the tests wait for words of it. */
const oneByOne = ['--parallel', '1', '--verbose']

const missing = await k6Driver.missing!()
const needsK6 = { missing, promisedBy: 'CI_REQUIRE_K6' }

let here: Place
beforeEach(() => {
  here = place()
})
afterEach(() => here[Symbol.dispose]())

describeWith('the built-in driver and k6', needsK6, () => {
  async function ran(
    context: TestContext,
    driver: string,
  ): Promise<{ result: RunResult; events: JournalEvent[] }> {
    const out = join(here.dir, driver)
    const args = ['run', ...oneByOne, '--scenarios', agreeingScenarios, '--driver', driver, '--out', out]
    const { code, stdout, stderr } = await decided(context, () => here.run(...args))
    expect(stdout + stderr).toMatch(/holds/)
    expect(code).toBe(0)
    const dir = join(out, 'latest')
    const journal = readFileSync(join(dir, 'journal.jsonl'), 'utf8').trim().split('\n')
    return {
      result: JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8')) as RunResult,
      events: journal.map((line) => JSON.parse(line) as JournalEvent),
    }
  }

  /** What the clients themselves may differ by: another HTTP stack, another event loop. † ours */
  const clientsMs = 15

  it('agree: same arrivals to the hundredth of a millisecond, same verdicts, intervals that overlap', async (context) => {
    const ours = await ran(context, 'builtin')
    const theirs = await ran(context, 'k6')

    for (const [i, arm] of armsOf(ours.events).entries()) {
      const [own, other] = [arrivalsOf(arm), arrivalsOf(armsOf(theirs.events)[i]!)]
      expect([...other.keys()]).toEqual([...own.keys()])
      for (const [stream, times] of own) {
        const others = other.get(stream)!
        // A surge is ended by command, and its last arrival may fall to either side of that.
        const surges = stream.startsWith('surge/')
        if (surges) expect(Math.abs(others.length - times.length)).toBeLessThanOrEqual(1)
        else expect(others.length).toBe(times.length)
        for (let n = 0; n < Math.min(times.length, others.length); n++)
          expect(Math.abs(others[n]! - times[n]!)).toBeLessThan(0.025)
      }
    }

    const checks = ({ result }: typeof ours): CheckResult[] =>
      result.scenarios.flatMap(({ arms }) => arms.flatMap((arm) => [...arm.checks]))
    const [mine, its] = [checks(ours), checks(theirs)]
    expect(its.map(({ check, verdict }) => ({ check, verdict }))).toEqual(
      mine.map(({ check, verdict }) => ({ check, verdict })),
    )
    for (const [i, { evidence, check }] of mine.entries()) {
      if (evidence?.interval == null) continue
      const room = evidence.unit === 'ms' ? clientsMs : 0
      expect(overlap(evidence.interval, its[i]!.evidence!.interval!, room), check).toBe(true)
    }

    for (const [i, arm] of armsOf(ours.events).entries()) {
      const outcomes = (of: typeof arm): Record<string, number> =>
        Object.fromEntries(
          Object.entries(Object.groupBy(of.observations, ({ outcome }) => outcome)).map(([outcome, all]) => [
            outcome,
            all!.length,
          ]),
        )
      const [a, b] = [outcomes(arm), outcomes(armsOf(theirs.events)[i]!)]
      const n = arm.observations.length
      for (const outcome of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const [x, y] = [a[outcome] ?? 0, b[outcome] ?? 0]
        expect(
          overlap(wilsonInterval(x, n), wilsonInterval(y, n), 0),
          `${outcome}: ${x} and ${y} of ${n}`,
        ).toBe(true)
      }
    }
  })
})

describeWith('a run with k6', needsK6, () => {
  const run = (): Started =>
    here.start('run', ...oneByOne, '--scenarios', tinyScenarios, '--driver', 'k6', '--out', here.out)

  it('that loses its k6 ends with exit 5 and says so; nothing is left', async () => {
    const started = run()
    await until(started, /injected/)
    const seen = here.registers()
    const k6 = seen[0]!.processes.filter(({ id }) => id === 'adopted')
    expect(k6).toHaveLength(1)
    process.kill(k6[0]!.pid, 'SIGKILL')
    const { code, stdout, stderr } = await started.ended
    expect(stdout + stderr).toMatch(/k6 ended by itself \(SIGKILL\)/)
    expect(stdout + stderr).toMatch(/load\.log/)
    expect(code).toBe(5)
    await nothingIsLeft(seen)
  })

  it.each(['SIGINT', 'SIGKILL'] as const)('that gets %s leaves no k6', async (signal) => {
    const started = run()
    await until(started, /injected/)
    const seen = here.registers()
    expect(seen[0]!.processes.some(({ id }) => id === 'adopted')).toBe(true)
    started.child.kill(signal)
    const { code } = await started.ended
    if (signal === 'SIGINT') expect(code).toBe(130)
    await nothingIsLeft(seen)
  })

  async function nothingIsLeft(seen: Parameters<Place['leftovers']>[0]): Promise<void> {
    for (let i = 0; i < 100 && here.leftovers(seen).length > 0; i++) await sleep(100)
    expect(here.leftovers(seen)).toEqual([])
  }
})

/** Each arm's observations, and when its first act began. */
function armsOf(
  events: readonly JournalEvent[],
): { startedAt: number; observations: EventOf<'observation'>[] }[] {
  const arms: { startedAt: number; observations: EventOf<'observation'>[] }[] = []
  for (const event of events) {
    if (event.kind === 'arm.started') arms.push({ startedAt: 0, observations: [] })
    else if (event.kind === 'act.started' && event.act === 'baseline') arms.at(-1)!.startedAt = event.at
    else if (event.kind === 'observation') arms.at(-1)!.observations.push(event)
  }
  return arms
}

/**
 * Due times of each stream in ms: from the arm's start, of a surge from its own first arrival, for it begins when the
 * fault is injected.
 */
function arrivalsOf({ startedAt, observations }: ReturnType<typeof armsOf>[number]): Map<string, number[]> {
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

/** Waits until what the run prints matches. */
async function until(started: Started, words: RegExp): Promise<void> {
  for (let i = 0; !words.test(started.stdout()); i++) {
    if (i > 1200) throw new Error(`never printed ${words}: ${started.stdout()}`)
    await sleep(25)
  }
}
