/** `compare`, and what `run --baseline` refuses: nothing of this starts a network. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { baselineOf } from '../../harness/judging/compare.ts'
import { type Place, place, tinyScenarios } from './fixtures/command-line.ts'
import { runResult, scenarioResult } from './reporters/a-run.ts'
import { gpkiStall } from './reporters/plans.ts'

let here: Place
let before: string
let after: string
beforeAll(() => {
  here = place()
  const good = baselineOf(runResult([scenarioResult(gpkiStall)]))
  const [scenario] = good.scenarios
  const arms = scenario!.arms.map((arm) => ({
    ...arm,
    checks: arm.checks.map((check) => ({ ...check, verdict: 'deviates' as const })),
  }))
  const worse = { ...good, run: 'worse', scenarios: [{ ...scenario!, arms: arms.slice(2) }] }
  ;[before, after] = [join(here.dir, 'before.json'), join(here.dir, 'after.json')]
  writeFileSync(before, JSON.stringify(good))
  writeFileSync(after, JSON.stringify(worse))
})
afterAll(() => here[Symbol.dispose]())

it('ends with 1 where something is worse, and says what', async () => {
  const { code, stdout } = await here.run('compare', before, after)
  expect(stdout).toMatch(/✗ worse {2}17-nov-gpki-stall, treated: /)
  expect(stdout).toMatch(/✗ 5 worse, 0 better/)
  expect(code).toBe(1)
})

it('ends with 0 where nothing is, also where something is better', async () => {
  expect((await here.run('compare', before, before)).code).toBe(0)
  const { code, stdout } = await here.run('compare', after, before, '--json')
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, before: 'worse', exitCode: 0 })
  expect(code).toBe(0)
})

it('tells all that is wrong with both at once, exit 4', async () => {
  const [text, empty, other] = ['text', 'empty', 'other.json'].map((name) => join(here.dir, name))
  writeFileSync(text!, 'no JSON')
  writeFileSync(other!, '{"version":2}')
  mkdirSync(empty!)
  const first = await here.run('compare', text!, empty!)
  expect(first.stderr).toMatch(
    /2 problems[\s\S]*text is no JSON[\s\S]*no journal in .*empty: it is no run's directory/,
  )
  expect(first.code).toBe(4)
  const third = await here.run('compare', before, before, '--margin', 'some')
  expect(third.stderr).toMatch(/--margin must be a share such as 20% or 0\.2, not 'some'/)
  expect(third.code).toBe(4)
  const second = await here.run('compare', other!, join(here.dir, 'nowhere'))
  expect(second.stderr).toMatch(
    /other\.json is no baseline of this version \(version: [\s\S]*there is no .*nowhere/,
  )
  expect(second.code).toBe(4)
})

it.each([
  [['--update-baseline'], /--update-baseline needs --baseline <file>/],
  [['--baseline', 'nowhere.json'], /--baseline: there is no nowhere\.json; --update-baseline writes it/],
  [['--baseline', 'package.json'], /--baseline: package\.json is no baseline of this version/],
])('run %j is refused before anything starts', async (options, words) => {
  const { code, stderr } = await here.run('run', '--scenarios', tinyScenarios, ...options)
  expect(stderr).toMatch(words)
  expect(code).toBe(4)
  expect(here.registers()).toEqual([])
})

it('of one argument is about a scenario, and one run alone is refused', async () => {
  const typo = await here.run('compare', 'tiny-scenari', '--scenarios', tinyScenarios)
  expect(typo.stderr).toMatch(/unknown scenario 'tiny-scenari'/)
  expect(typo.code).toBe(4)
  const alone = await here.run('compare', before)
  expect(alone.stderr).toMatch(/is one run: name a second one to compare it with, or a scenario/)
  expect(alone.code).toBe(4)
  const measures = await here.run(
    'compare',
    'tiny-stall',
    '--scenarios',
    tinyScenarios,
    '--measures',
    'magic',
  )
  expect(measures.stderr).toMatch(/unknown measure 'magic'/)
  expect(measures.code).toBe(4)
  expect(here.registers()).toEqual([])
})
