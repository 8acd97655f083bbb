/** Whole runs with the driver k6: it agrees with the built-in one, and whatever becomes of it, nothing is left. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { k6Driver } from '../../harness/load/k6/driver.ts'
import type { RunResult } from '../../harness/model/result.ts'
import {
  droppingScenarios,
  oneByOne,
  type Place,
  place,
  type Started,
  tinyScenarios,
} from '../harness/fixtures/command-line.ts'
import { describeWith } from '../needs.ts'
import { agreeing, expectSameArrivals, expectSameOutcomes, expectSameVerdicts } from './agreement.ts'

const missing = await k6Driver.missing!()
const needsK6 = { missing, promisedBy: 'CI_REQUIRE_K6' }

let here: Place
beforeEach(() => {
  here = place()
})
afterEach(() => here[Symbol.dispose]())

describeWith('the built-in driver and k6', needsK6, () => {
  /** What the clients themselves may differ by: another HTTP stack, another event loop. † ours */
  const clientsMs = 15

  it('agree: same arrivals to the hundredth of a millisecond, same verdicts, intervals that overlap', async (context) => {
    const ours = await agreeing(context, here, 'builtin', ['--parallel', '1', '--driver', 'builtin'])
    const theirs = await agreeing(context, here, 'k6', ['--parallel', '1', '--driver', 'k6'])
    expectSameArrivals(ours, theirs)
    expectSameVerdicts(ours, theirs, clientsMs)
    expectSameOutcomes(ours, theirs)
  })
})

describeWith('a front that drops connections', needsK6, () => {
  it('makes the same check deviate, and loses the same number of visits, under both drivers', async () => {
    const [ours, theirs] = [await dropped('builtin'), await dropped('k6')]
    expect(ours.lost).toBeGreaterThan(5)
    expect(theirs).toEqual(ours)
  })

  async function dropped(driver: string) {
    const out = join(here.dir, driver)
    const options = ['--arm', 'control', '--driver', driver, '--out', out, '--reporter', 'json']
    const { code } = await here.run('run', '--scenarios', droppingScenarios, ...options)
    const result = JSON.parse(readFileSync(join(out, 'latest', 'result.json'), 'utf8')) as RunResult
    const [arm] = result.scenarios[0]!.arms
    const deviating = arm!.checks.filter(({ verdict }) => verdict === 'deviates').map(({ id }) => id)
    const { arrivals, ok } = arm!.journeys['user-asks']!
    return { code, deviating, arrivals, lost: arrivals - ok }
  }
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

/** Waits until what the run prints matches. */
async function until(started: Started, words: RegExp): Promise<void> {
  for (let i = 0; !words.test(started.stdout()); i++) {
    if (i > 1200) throw new Error(`never printed ${words}: ${started.stdout()}`)
    await sleep(25)
  }
}
