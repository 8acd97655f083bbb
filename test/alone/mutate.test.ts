/** `mutate` and `--ablate` as they are typed: who noticed what, which measure nothing misses, and the exit code. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { MeasureSets } from '../../harness/model/measure-sets.ts'
import type { MutationResult } from '../../harness/model/mutation.ts'
import type { RunResult } from '../../harness/model/result.ts'
import { mutatedScenarios, type Place, place } from '../harness/fixtures/command-line.ts'
import { decided } from '../second-try.ts'

let here: Place
beforeEach(() => {
  here = place()
})
afterEach(() => here[Symbol.dispose]())

it('mutate shows who noticed, and exits 3 for what nobody does', async (context) => {
  const { code, stdout } = await decided(context, () =>
    here.run('mutate', '--scenarios', mutatedScenarios, '--out', here.out, '--no-pack'),
  )
  const result = JSON.parse(readFileSync(join(here.out, 'latest', 'mutation.json'), 'utf8')) as MutationResult
  expect(result.mutants.map(({ mutant, verdict }) => [mutant, verdict])).toEqual([
    ['takes-the-back-away', 'noticed'],
    ['looks-the-other-way', 'unnoticed'],
    ['fallback', 'noticed'],
    ['good-will', 'unnoticed'],
  ])
  expect(result.blindGuards).toEqual([])
  expect(result.idleMeasures).toEqual(['tiny-mutated: good-will'])
  expect(stdout).toMatch(/takes-the-back-away .*●/)
  expect(stdout).toMatch(/looks-the-other-way .*unnoticed/)
  expect(stdout).toMatch(/2 of 4 noticed/)
  expect(code).toBe(3)
})

it('mutate --only exits 0 where that one is noticed', async (context) => {
  const only = ['--only', 'takes-the-back-away']
  const { code, stdout } = await decided(context, () =>
    here.run('mutate', '--scenarios', mutatedScenarios, '--out', here.out, ...only),
  )
  expect(stdout).toMatch(/1 of 1 noticed/)
  expect(code).toBe(0)
})

it('run --ablate says which measure is needed and which is redundant', async (context) => {
  const { code, stdout } = await decided(context, () =>
    here.run(
      'run',
      '--ablate',
      '--scenarios',
      mutatedScenarios,
      '--out',
      here.out,
      '--reporter',
      'console,json',
    ),
  )
  const result = JSON.parse(readFileSync(join(here.out, 'latest', 'result.json'), 'utf8')) as RunResult
  const [{ credits }] = result.scenarios as [RunResult['scenarios'][number]]
  expect(credits.map(({ measure, credit }) => [measure, credit])).toEqual([
    ['fallback', 'needed'],
    ['good-will', 'redundant'],
  ])
  expect(stdout).toMatch(/holds: fallback saves \d+ of \d+ /)
  expect(code).toBe(0)
})

it('compare of a scenario names the smallest set of measures that holds, and what each adds', async (context) => {
  const { code, stdout } = await decided(context, () =>
    here.run('compare', 'tiny-mutated', '--scenarios', mutatedScenarios, '--out', here.out, '--seeds', '1'),
  )
  const file = join(here.out, 'latest', 'measure-sets.json')
  const { sets, smallest, mainEffects } = JSON.parse(readFileSync(file, 'utf8')) as MeasureSets
  expect(smallest).toEqual([['fallback']])
  expect(sets.map(({ measures }) => measures)).toEqual([
    ['fallback', 'good-will'],
    ['fallback'],
    ['good-will'],
    [],
  ])
  const [fallback, goodWill] = mainEffects.map(({ visits }) => visits.mean)
  expect(fallback).toBeGreaterThan(5)
  expect(Math.abs(goodWill!)).toBeLessThan(3)
  expect(stdout).toMatch(/✓ fallback holds everything in every seed, and nothing smaller does/)
  expect(code).toBe(0)
})
