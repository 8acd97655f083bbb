import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunResult } from '../../../harness/model/result.ts'
import { code, text } from '../../../harness/reporters/markdown/escape.ts'
import { summary } from '../../../harness/reporters/markdown/summary.ts'
import { markdownReporter } from '../../../harness/reporters/markdown.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall, overload } from './plans.ts'
import { strange } from './run-variants.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'markdown-reporter-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const both = () => runResult([scenarioResult(gpkiStall), scenarioResult(overload)])

/** Cells of every row of every table, as they are read. */
function rows(page: string): string[][] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | ').map(read))
}

/** What a reader sees of escaped text. */
function read(markdown: string): string {
  return markdown.replaceAll(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)))
}

describe('summary.md', () => {
  it('says what came of it, for whom, and how to see it again', async () => {
    const result = both()
    const again = (names: readonly string[]): string => `npm run chaos -- run ${names.join(' ')}`
    await markdownReporter({ again }).runEnded?.(result, dir)
    const page = readFileSync(join(dir, 'summary.md'), 'utf8')
    expect(page).toMatch(/^## ✓ holds\n/)
    expect(page).toContain('To repeat it: `npm run chaos -- run 17-nov-gpki-stall 22-nov-overload`')
    for (const { scenario, said, effects } of result.scenarios) {
      expect(read(page)).toContain(`### ${scenario}: ✓ holds`)
      expect(read(page)).toContain(said)
      for (const { users, visits, saved, lost, either, neither } of effects)
        expect(rows(page).map((row) => row.slice(0, 6))).toContainEqual(
          [users, visits, saved, lost, either, neither].map(String),
        )
    }
  })

  it('has a cell for each check in each arm, and names those that are not as they must be', () => {
    const result = both()
    const [first] = result.scenarios
    const [arm] = first!.arms
    const [check] = arm!.checks
    const broken = { ...check!, verdict: 'deviates' as const, said: 'nobody was served' }
    const scenario = {
      ...first!,
      arms: [{ ...arm!, checks: [broken, ...arm!.checks.slice(1)] }, ...first!.arms.slice(1)],
    }
    const page = summary({ ...result, scenarios: [scenario] })
    expect(read(page)).toContain(`- control: ✗ ${broken.check}: nobody was served`)
    for (const { check: title } of arm!.checks) {
      const row = rows(page).find(([name]) => name === title)
      expect(row, title).toHaveLength(2 + first!.arms.length)
    }
  })

  it('draws who was served over time, an arm a row', () => {
    const [scenario] = both().scenarios
    const counts = {
      arrivals: [4, 0, 4, 4],
      ok: [4, 0, 2, 0],
      p50Ms: [9, null, 9, null],
      p95Ms: [40, null, 900, null],
    }
    const [journey] = Object.keys(scenario!.arms[0]!.journeys)
    const own = { arrivals: 12, ok: 6, outcomes: {}, failures: {}, series: { binMs: 250, ...counts } }
    const arms = scenario!.arms.map((arm) => ({ ...arm, journeys: { [journey!]: own } }))
    const page = summary(runResult([{ ...scenario!, arms }]))
    expect(rows(page)).toContainEqual([journey, 'control', '6 of 12', '`█·▅▁`', '900 ms'])
  })

  it('interprets nothing of what a scenario is called', () => {
    const [scenario] = both().scenarios
    const page = summary({
      ...both(),
      scenarios: [{ ...scenario!, scenario: strange, title: strange, said: strange }],
    })
    expect(page).not.toMatch(/<f|\]\]>|[\u0000-\u0009\u000b-\u001f]/)
    expect(page).toContain('정부24 🙂')
    expect(page.match(/^#{2,3} /gm)).toHaveLength(2)
  })

  it('fits where there is little room: checks go first, then scenarios, and it says so', () => {
    const result: RunResult = { ...both(), scenarios: Array.from({ length: 8 }, () => both().scenarios[0]!) }
    const whole = summary(result)
    expect(whole).not.toContain('There is no room')
    const bytes = Buffer.byteLength(whole)
    const small = summary(result, { atMost: bytes - 1 })
    expect(small).toContain('There is no room here for the checks of the last 1')
    const smaller = summary(result, { atMost: Math.round(bytes / 4) })
    expect(Buffer.byteLength(smaller)).toBeLessThanOrEqual(bytes / 4)
    expect(smaller).toMatch(/There is no room here for all of the last [1-7]:/)
    expect(summary(result, { atMost: 100 })).toMatch(
      /^## ✓ holds\n\nThere is no room here for all of the last 8/,
    )
  })
})

describe('text', () => {
  it.each([
    '*bold*',
    '`code`',
    'a|b',
    '<b>',
    '[a](b)',
    '@somebody',
    '#12',
    '- item',
    '+ item',
    '12. item',
    'https://a.b',
    '&amp;',
    '$x$',
  ])('of %s is text', (raw) => {
    expect(text(raw)).not.toMatch(/[*`|<>[\]@$]|^[-+\d]|https:|&(?!#\d+;)/)
    expect(read(text(raw))).toBe(raw)
  })

  it.each(['48.1 % of 160', '2.12.0', '12'])('of %s is no list', (raw) => expect(text(raw)).toBe(raw))

  it('keeps names of scenarios and figures as they are', () => {
    const plain = '17-nov-gpki-stall: p95 640 ms (95 % interval 1 … 2), 3.5/s'
    expect(text(plain)).toBe(plain)
  })
})

it.each(['a`b', '`', '``a', ' ', 'a|b', 'a\nb'])('code of %j cannot be left', (raw) => {
  const made = code(raw)
  const [fence] = /^`+/.exec(made)!
  expect(made.endsWith(fence)).toBe(true)
  const within = made.slice(fence.length, -fence.length)
  expect([...within.matchAll(/`+/g)].every(([run]) => run.length < fence.length)).toBe(true)
  expect(made).not.toMatch(/[|\n]/)
})
