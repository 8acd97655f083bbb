import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunResult, ScenarioResult, Verdict } from '../../../harness/model/result.ts'
import { githubReporter } from '../../../harness/reporters/github.ts'
import { usualReporters } from '../../../harness/reporters/index.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall, overload } from './plans.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'github-reporter-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function told(result: RunResult, env: Record<string, string> = {}): Promise<string[]> {
  let printed = ''
  const write = (text: string): void => {
    printed += text
  }
  await githubReporter({ write }, env).runEnded?.(result, dir)
  return printed.split('\n').slice(0, -1)
}

/** Properties and words of a workflow command, as GitHub's runner reads them. */
function parsed(line: string) {
  const [, level, list, said] = /^::(\w+) (.*?)::(.*)$/.exec(line)!
  const unescaped = (raw: string): string =>
    raw
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  const properties = list!.split(',').map((one) => one.split(/=(.*)/s).slice(0, 2).map(unescaped))
  return { level, ...Object.fromEntries(properties), said: unescaped(said!) }
}

function unwell(verdict: Verdict, more: Partial<ScenarioResult> = {}): ScenarioResult {
  const good = scenarioResult(gpkiStall)
  const [control, ...others] = good.arms
  const [check, ...checks] = control!.checks
  const broken = { ...check!, verdict: 'deviates' as const, said: 'one, two: 100 %\nof them' }
  return {
    ...good,
    verdict,
    said: `control: '${check!.check}'`,
    arms: [{ ...control!, verdict: 'deviates', checks: [broken, ...checks] }, ...others],
    definedAt: { file: 'scenarios/a,b.ts', line: 17 },
    ...more,
  }
}

describe('annotations', () => {
  it('are none where all is well', async () => {
    expect(await told(runResult([scenarioResult(gpkiStall)]))).toEqual([])
  })

  it('stand at the line of the scenario, the verdict first, then what made it so', async () => {
    const lines = await told(runResult([unwell('deviates'), scenarioResult(overload)]))
    const at = { level: 'error', file: 'scenarios/a,b.ts', line: '17' }
    expect(lines.map(parsed)).toEqual([
      { ...at, title: '17-nov-gpki-stall deviates', said: expect.stringContaining('control: ') },
      { ...at, title: expect.stringMatching(/^control: /), said: 'one, two: 100 %\nof them' },
    ])
  })

  it('warn of what is not known', async () => {
    const [first] = await told(runResult([unwell('inconclusive')]))
    expect(parsed(first!)).toMatchObject({ level: 'warning', title: '17-nov-gpki-stall inconclusive' })
  })

  it('have no place where none is known', async () => {
    const { definedAt: _, ...nowhere } = unwell('vacuous')
    const [first] = await told(runResult([nowhere]))
    expect(Object.keys(parsed(first!))).toEqual(['level', 'title', 'said'])
  })

  it('are ten at the most, and the last one counts the others', async () => {
    const lines = await told(runResult(Array.from({ length: 8 }, () => unwell('deviates'))))
    expect(lines).toHaveLength(10)
    expect(parsed(lines.at(-1)!)).toMatchObject({
      title: 'and more',
      said: "7 more are in the job's summary and in report.html",
    })
  })

  it('tell of a run that failed before any scenario could', async () => {
    const [line] = await told({ ...runResult([]), ending: 'failed' })
    expect(parsed(line!)).toEqual({ level: 'error', title: 'saeol-chaos', said: 'the harness failed' })
  })
})

describe('the summary of the job', () => {
  it('is added to what is there', async () => {
    const file = join(dir, 'summary')
    writeFileSync(file, 'of another step\n')
    await told(runResult([scenarioResult(gpkiStall)]), { GITHUB_STEP_SUMMARY: file })
    expect(readFileSync(file, 'utf8')).toMatch(/^of another step\n## ✓ holds\n/)
  })

  it('is no longer than GitHub takes', async () => {
    const file = join(dir, 'summary')
    const long = { ...scenarioResult(gpkiStall), said: '가'.repeat(60_000) }
    await told(runResult(Array.from({ length: 20 }, () => long)), { GITHUB_STEP_SUMMARY: file })
    expect(readFileSync(file).length).toBeLessThanOrEqual(1024 * 1024)
    expect(readFileSync(file, 'utf8')).toContain('There is no room here')
  })

  it('that cannot be written is an error which names the file', async () => {
    const file = join(dir, 'nowhere', 'summary')
    await expect(told(runResult([]), { GITHUB_STEP_SUMMARY: file })).rejects.toThrow(
      /cannot write the job's summary to .*nowhere/,
    )
    expect(existsSync(file)).toBe(false)
  })
})

it('is on by itself on GitHub Actions, and nowhere else', () => {
  expect(usualReporters({ GITHUB_ACTIONS: 'true' })).toContain('github')
  expect(usualReporters({})).not.toContain('github')
  expect(usualReporters({})).toContain('markdown')
  expect(usualReporters({ GITHUB_ACTIONS: 'true' })).not.toContain('otlp')
})
