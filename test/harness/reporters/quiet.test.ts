import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ArmResult, ScenarioResult } from '../../../harness/model/result.ts'
import { quietReporter } from '../../../harness/reporters/console/quiet.ts'
import type { ReporterOutput } from '../../../harness/reporters/reporter.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall, overload } from './plans.ts'
import { runCalls } from './run-calls.ts'
import { runVariants } from './run-variants.ts'

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

  it('tells figures in the line of each arm, in the words of who came', async () => {
    const { output, text } = paper()
    const plan = {
      ...gpkiStall,
      load: [{ ...gpkiStall.load[0]!, users: 'officials', successIs: 'let in' }, ...gpkiStall.load.slice(1)],
    }
    const reporter = quietReporter(output)
    for (const { tell } of runCalls({ plans: [plan] })) await tell(reporter)
    const lines = text().split('\n')
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ {2}17-nov-gpki-stall control +✓ holds +19\.2 s {2}officials \d+ of \d+ let in$/,
      ),
    )
    expect(lines).toContainEqual(
      expect.stringMatching(/untreated +✓ deviates, as it must +19\.2 s {2}officials \d+ of \d+ let in$/),
    )
    // No service level speaks of them.
    expect(text()).not.toMatch(/citizen-uses-gov24|visitor-at/)
  })

  it('says of a scenario with an arm that failed what came of it, and which arms were not run', async () => {
    const { output, text } = paper()
    const reporter = quietReporter(output)
    for (const { tell } of runVariants('.chaos/runs/x')['a failed run']!.calls) await tell(reporter)
    expect(text()).toMatch(/^17-nov-gpki-stall {2}\? inconclusive: untreated: failed$/m)
    expect(text()).toMatch(/^ +void: the arm failed: saeol ended in the middle of the arm \(SIGKILL\)$/m)
    // Its checks were not decided, because it broke off.
    expect(text()).not.toContain('no visit was due')
    expect(text()).toMatch(/^not run: 17-nov-gpki-stall, treated$/m)
    expect(text()).toMatch(/^not run: 22-nov-overload, control and untreated and treated$/m)
  })

  it('that is not green ends with where to look and how to run that again', async () => {
    const { output, text } = paper({ again: (scenarios) => `npm run chaos -- run ${scenarios.join(' ')}` })
    const good = scenarioResult(gpkiStall)
    const bad: ScenarioResult = {
      ...good,
      verdict: 'deviates',
      arms: good.arms.map((arm) =>
        arm.arm === 'treated' ? { ...arm, verdict: 'deviates', lookAt: ['official #81 at +3.2 s'] } : arm,
      ),
    }
    const green = scenarioResult(overload)
    await quietReporter(output).runEnded?.({ ...runResult([bad, green]), verdict: 'deviates' }, 'runs/x')
    const lines = text().trimEnd().split('\n')
    expect(lines.slice(-5)).toEqual([
      'look at 17-nov-gpki-stall, treated',
      '  official #81 at +3.2 s',
      expect.stringMatching(/^ {2}.* visit runs\/x 'official #81'$/),
      expect.stringMatching(/^every check, with its figures: .* analyze runs\/x$/),
      'to repeat it: npm run chaos -- run 17-nov-gpki-stall',
    ])
  })

  it('that is green says nothing of running it again', async () => {
    const { output, text } = paper({ again: () => 'once more' })
    await quietReporter(output).runEnded?.(runResult([scenarioResult(gpkiStall)]), 'runs/x')
    expect(text()).not.toMatch(/again|look at|not run/)
  })

  it('names the logs of the try that counted', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'quiet-'))
    const logs = join(dir, 'logs', gpkiStall.scenario)
    for (const arm of ['treated', 'treated-2']) mkdirSync(join(logs, arm), { recursive: true })
    const { output, text } = paper()
    const good = scenarioResult(gpkiStall)
    const arms = good.arms.map((arm) =>
      arm.arm === 'treated' ? { ...arm, verdict: 'deviates' as const, retries: ['it was void'] } : arm,
    )
    await quietReporter(output).runEnded?.(runResult([{ ...good, verdict: 'deviates', arms }]), dir)
    rmSync(dir, { recursive: true })
    expect(text()).toMatch(/treated-2\/\*\.log$/m)
    expect(text()).not.toMatch(/treated\/\*\.log$/m)
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

  it.each<[string, Partial<ArmResult>, string[]]>([
    [
      'all of it',
      {},
      ['1 of 6 arms had ended; 1 under way: 2 of 2 faults reverted, 1 of 1 network taken down'],
    ],
    [
      'no fault was on',
      { faults: [] },
      ['1 of 6 arms had ended; 1 under way: no fault was on, 1 of 1 network taken down'],
    ],
    [
      'what could not be undone',
      { error: 'the engine does not answer' },
      [
        '1 of 6 arms had ended; 1 under way: 2 of 2 faults reverted, 0 of 1 network taken down',
        'not all was undone: untreated: the engine does not answer',
        expect.stringMatching(/^what may be left is removed by: .* clean$/) as unknown as string,
      ],
    ],
  ])('that is interrupted claims only what is known to be undone: %s', async (_, changed, lines) => {
    const { output, text } = paper()
    const { result } = runVariants('')['an interrupted run']!
    const scenarios = result.scenarios.map((scenario) => ({
      ...scenario,
      arms: scenario.arms.map((arm) => (arm.ending === 'interrupted' ? { ...arm, ...changed } : arm)),
    }))
    await quietReporter(output).runEnded?.({ ...result, scenarios }, '.chaos/runs/x')
    expect(text().trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^\? interrupted: /),
      ...lines,
      'journal, results and logs: .chaos/runs/x',
    ])
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
