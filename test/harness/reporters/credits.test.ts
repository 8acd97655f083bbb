/** What each measure is worth, in people: the same in the console, the page and the summary. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Credit, Effect } from '../../../harness/model/result.ts'
import { effectLines } from '../../../harness/reporters/console/effect-lines.ts'
import { fewerServed } from '../../../harness/reporters/credits.ts'
import { htmlReporter } from '../../../harness/reporters/html.ts'
import { summary } from '../../../harness/reporters/markdown/summary.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall } from './plans.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'credits-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const [like] = scenarioResult(gpkiStall).effects

const effect = (users: string, difference: number, differs = true): Effect => ({
  ...like!,
  users,
  difference,
  differs,
})

const needed: Credit = {
  measure: 'password-fallback',
  credit: 'needed',
  breaks: ['officials: success ≥ 95 %'],
  effects: [
    effect('officials', 64),
    effect('visitors', 12),
    effect('citizens', 3, false),
    effect('clerks', -5),
  ],
}
const harmful: Credit = {
  measure: 'deadlines',
  credit: 'harmful',
  breaks: [],
  effects: [effect('visitors', -8)],
}
const redundant: Credit = { measure: 'manual-intake', credit: 'redundant', breaks: [], effects: [] }

it('counts those of whom fewer are served, beyond chance; of a measure that harms, with it', () => {
  expect(fewerServed(needed)).toEqual([
    { users: 'officials', visits: 64 },
    { users: 'visitors', visits: 12 },
  ])
  expect(fewerServed(harmful)).toEqual([{ users: 'visitors', visits: 8 }])
  expect(fewerServed(redundant)).toEqual([])
})

it('stands in every report', async () => {
  const scenario = { ...scenarioResult(gpkiStall), credits: [needed, harmful, redundant] }
  const result = runResult([scenario])
  const lines = effectLines(scenario, paint(false)).join('\n')
  expect(lines).toContain('without it 64 officials and 12 visitors fewer are served')
  expect(lines).toContain('with it 8 of the visitors are lost')

  await htmlReporter({}).runEnded?.(result, dir)
  const page = readFileSync(join(dir, 'report.html'), 'utf8').replaceAll(/<[^>]*>/g, '')
  expect(page).toMatch(/password-fallback: needed; fewer served without it[^:]*: 64 officials, 12 visitors/)
  expect(page).toMatch(/deadlines: harmful; lost with it, who are served without it[^:]*: 8 visitors(?! \()/)

  const markdown = summary(result)
  expect(markdown).toMatch(/\| password-fallback \| needed \| 64 officials, 12 visitors \|/)
  expect(markdown).toMatch(/\| deadlines \| harmful \| 8 visitors \(lost with it\) \|/)
  expect(markdown).toMatch(/\| manual-intake \| redundant \|\s+\|/)
})
