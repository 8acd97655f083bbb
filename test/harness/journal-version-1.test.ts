/** A journal that version 1 wrote is judged as it was: a real run of the tiny scenario, kept since. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { place } from './fixtures/command-line.ts'

const kept = resolve(import.meta.dirname, 'fixtures/journal-version-1/journal.jsonl.gz')

it('analyze reads it, and comes to the verdict and the figures of its day', async () => {
  using here = place()
  const dir = mkdtempSync(join(tmpdir(), 'version-1-'))
  try {
    const journal = gunzipSync(readFileSync(kept)).toString()
    expect(JSON.parse(journal.slice(0, journal.indexOf('\n')))).toMatchObject({ version: 1 })
    writeFileSync(join(dir, 'journal.jsonl'), journal)
    const { code, stdout } = await here.run('analyze', dir, '--reporter', 'console,json')
    expect(stdout).toMatch(/fallback saves 111 of 222 user-asks’ visits \[\d+ … \d+\] and loses none/)
    expect(code).toBe(0)

    const result = JSON.parse(readFileSync(join(dir, 'result.json'), 'utf8'))
    expect(result).toMatchObject({ version: 2, verdict: 'holds', exitCode: 0 })
    const [scenario] = result.scenarios
    const told = scenario.arms.map(({ arm, verdict, checks }: (typeof scenario.arms)[number]) => [
      arm,
      verdict,
      ...checks.map((check: (typeof checks)[number]) => [
        check.role,
        check.verdict,
        check.evidence.estimate,
        check.evidence.n,
      ]),
    ])
    // As that version's own result.json has them.
    expect(told).toEqual([
      ['control', 'holds', ['protected', 'holds', 1, 111], ['guard', 'holds', 0, 1]],
      ['untreated', 'deviates', ['protected', 'deviates', 0, 111], ['guard', 'holds', 0, 1]],
      ['treated', 'holds', ['protected', 'holds', 1, 111], ['guard', 'holds', 0, 1]],
    ])
    expect(scenario.arms[1].journeys['user-asks']).toMatchObject({
      arrivals: 254,
      ok: 143,
      failures: { 'timed-out': 64, 'status-503': 47 },
    })
  } finally {
    rmSync(dir, { recursive: true })
  }
})
