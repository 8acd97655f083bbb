/**
 * Runs that may differ by chance only: arms side by side are as one at a time, and k6 is as the built-in driver. The same
 * arrivals, the same verdicts, and nothing of one arm reaches another.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it, type TestContext } from 'vitest'
import { k6Driver } from '../../harness/load/k6/driver.ts'
import type { RunResult } from '../../harness/model/result.ts'
import { droppingScenarios, place } from '../harness/fixtures/command-line.ts'
import { describeWith } from '../needs.ts'
import { decided } from '../second-try.ts'
import {
  agreeing,
  expectSameArrivals,
  expectSameOutcomes,
  expectSameVerdicts,
  type Ran,
} from './agreement.ts'

/** What a system may be slower by while two others share its CPUs, in ms. † ours */
const neighboursMs = 25
/** What the clients themselves may differ by: another HTTP stack, another event loop. † ours */
const clientsMs = 15

const missing = await k6Driver.missing!()
const needsK6 = { missing, promisedBy: 'CI_REQUIRE_K6' }

const here = place()
afterAll(() => here[Symbol.dispose]())

let apart: Promise<Ran> | undefined
/** One arm at a time, with the built-in driver: what the others are compared with, run once. */
function oneAtATime(context: TestContext): Promise<Ran> {
  apart ??= agreeing(context, here, 'apart', ['--parallel', '1'])
  return apart
}

it('three arms side by side: same arrivals, same verdicts, intervals that overlap', async (context) => {
  const ours = await oneAtATime(context)
  const together = await agreeing(context, here, 'together', ['--parallel', '3'])
  expect(mostAtOnce(ours)).toBe(1)
  expect(mostAtOnce(together)).toBe(3)
  expectSameArrivals(ours, together)
  expectSameVerdicts(ours, together, neighboursMs)
  expectSameOutcomes(ours, together)
})

describeWith('the driver k6', needsK6, () => {
  it('is as the built-in one: same arrivals to the hundredth of a millisecond, same verdicts, intervals that overlap', async (context) => {
    const ours = await oneAtATime(context)
    const theirs = await agreeing(context, here, 'k6', ['--parallel', '1', '--driver', 'k6'])
    expectSameArrivals(ours, theirs)
    expectSameVerdicts(ours, theirs, clientsMs)
    expectSameOutcomes(ours, theirs)
  })

  it('loses the same number of visits at a front that drops connections, and the same check deviates', async (context) => {
    const [ours, theirs] = [await dropped(context, 'builtin'), await dropped(context, 'k6')]
    expect(ours.lost).toBeGreaterThan(5)
    expect(theirs).toEqual(ours)
  })
})

async function dropped(context: TestContext, driver: string) {
  const out = join(here.dir, `dropping-${driver}`)
  const options = ['--arm', 'control', '--driver', driver, '--out', out, '--reporter', 'console,json']
  const { code } = await decided(context, () => here.run('run', '--scenarios', droppingScenarios, ...options))
  const result = JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')) as RunResult
  const [arm] = result.scenarios[0]!.arms
  const deviating = arm!.checks.filter(({ verdict }) => verdict === 'deviates').map(({ id }) => id)
  const { arrivals, ok } = arm!.journeys['user-asks']!
  return { code, deviating, arrivals, lost: arrivals - ok }
}

/** How many arms were under load at one moment. */
function mostAtOnce({ arms }: Ran): number {
  const spans = [...arms.values()].map(({ observations }) => {
    const due = observations.map((one) => one.due)
    return { from: Math.min(...due), to: Math.max(...due) }
  })
  return Math.max(
    ...spans.map((span) => spans.filter(({ from, to }) => from <= span.from && span.from <= to).length),
  )
}
