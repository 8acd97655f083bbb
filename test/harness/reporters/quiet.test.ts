import { describe, expect, it } from 'vitest'
import { quietReporter } from '../../../harness/reporters/console/quiet.ts'
import type { ReporterOutput } from '../../../harness/reporters/reporter.ts'
import { gpkiStall, runCalls, runResult, scenarioResult } from './a-run.ts'

function paper(options: Partial<ReporterOutput> = {}): { output: ReporterOutput; text(): string } {
  let written = ''
  return {
    output: {
      write: (text) => {
        written += text
      },
      terminal: false,
      colour: false,
      columns: () => 100,
      rows: () => 40,
      verbose: false,
      ...options,
    },
    text: () => written,
  }
}

describe('a quiet run', () => {
  it('that is green prints under 40 lines on a pipe: each arm, each reason, who was saved', async () => {
    const { output, text } = paper()
    const reporter = quietReporter(output)
    for (const { tell } of runCalls()) await tell(reporter)
    const lines = text().split('\n')
    expect(lines.length).toBeLessThan(40)
    expect(lines.filter((line) => / (holds|deviates, as it must) /.test(line)).length).toBeGreaterThanOrEqual(
      6,
    )
    expect(text()).toContain('officials: 231 of 320 saved, 0 lost, 87 served either way, 2 neither')
    expect(text()).not.toContain('\x1b[')
  })

  it('shows of an arm that is not as it must be only the checks that are not', async () => {
    const { output, text } = paper()
    const good = scenarioResult(gpkiStall)
    const treated = good.arms.find(({ arm }) => arm === 'treated')!
    const [first, ...others] = treated.checks
    const bad = {
      ...treated,
      verdict: 'deviates' as const,
      checks: [{ ...first!, verdict: 'deviates' as const }, ...others],
    }
    quietReporter(output).armEnded?.(bad, { scenario: good.scenario, arm: 'treated' })
    expect(text()).toContain(first!.check)
    for (const { check } of others) expect(text()).not.toContain(check)
  })

  it('that is interrupted ends in five lines or fewer', async () => {
    const { output, text } = paper()
    await quietReporter(output).runEnded?.(
      { ...runResult([scenarioResult(gpkiStall)]), ending: 'interrupted', exitCode: 130 },
      '.chaos/runs/x',
    )
    expect(text().trim().split('\n').length).toBeLessThanOrEqual(5)
    expect(text()).toContain('interrupted')
  })

  it('redraws the arms under way in place, and nothing on a terminal too low for it', async () => {
    for (const [rows, live] of [
      [40, true],
      [6, false],
    ] as const) {
      const { output, text } = paper({ terminal: true, rows: () => rows })
      let at = 0
      const reporter = quietReporter(output, () => at)
      for (const call of runCalls()) {
        at = call.atMs
        await call.tell(reporter)
      }
      expect(text().includes('arms to go, about'), `${rows} rows`).toBe(live)
    }
  })
})
