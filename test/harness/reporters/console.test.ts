/** The console reporter where lines stay: a pipe, a file. */
import { describe, expect, test } from 'vitest'
import { gateArms } from '../../../harness/model/arms.ts'
import type { ArmResult, ScenarioResult } from '../../../harness/model/result.ts'
import { consoleReporter } from '../../../harness/reporters/console.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { epoch, sideBySide, tell } from './console-told.ts'
import { gpkiStall } from './plans.ts'
import { type HookCall, runCalls } from './run-calls.ts'
import { runVariants } from './run-variants.ts'
import { paper } from './screen.ts'

function oneScenario(): HookCall[] {
  return runCalls({ plans: [gpkiStall], epoch })
}

describe('where lines stay', () => {
  async function told(calls: readonly HookCall[] = oneScenario()): Promise<ReturnType<typeof paper>> {
    const sheet = paper()
    await tell(consoleReporter(sheet.output), calls)
    return sheet
  }

  test('there are no control codes', async () => {
    for (const { calls } of Object.values(runVariants('.chaos/runs/x')))
      expect((await told(calls)).text()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  })

  test('each act, fault and arm has its line, with its time', async () => {
    const sheet = (await told()).text()
    expect(sheet.match(/^ {4}3\.00 s {2}fault begins$/gm)).toHaveLength(3)
    expect(sheet.match(/^ +3\.00 s {2}fault {2}stall l4→gpki-a injected$/gm)).toHaveLength(2)
    expect(sheet.match(/^ +11\.00 s {2}fault {2}stall l4→gpki-b reverted$/gm)).toHaveLength(2)
    expect(sheet).toMatch(/^ +3\.54 s {2}fault {2}stall l4→gpki-a bites \(3 connections accepted/m)
    expect(sheet).toMatch(/^ {2}17-nov-gpki-stall control {2}✓ holds {2}19\.2 s$/m)
    expect(sheet).toMatch(/^ {2}untreated: faults; no measures$/m)
    expect(sheet).toMatch(/^ {2}treated: faults; measures deadlines, password-fallback, manual-intake$/m)
  })

  test.each([
    ['before', false, 'not there yet'],
    ['before', true, 'bites before its time'],
    ['during', true, 'bites'],
    ['during', false, 'does not bite'],
    ['during', null, 'cannot be told'],
    ['after', false, 'is gone'],
    ['after', true, 'still bites'],
  ] as const)('what a probe sees %s: %s reads as %s', (when, bites, words) => {
    const sheet = paper()
    const said = 'answered in 2 ms'
    const reporter = consoleReporter(sheet.output)
    const ref = { scenario: gpkiStall.scenario, arm: 'treated' } as const
    reporter.armStarted?.({ plan: gpkiStall, arm: 'treated', measures: [], faults: true }, ref)
    reporter.faultProbed?.({ kind: 'fault.probed', at: epoch, fault: 'stall a→b', when, bites, said }, ref)
    expect(sheet.lines().at(-2)!.trim()).toBe(`fault  stall a→b ${words} (${said})`)
  })

  test('each journey is told of when an act is over', async () => {
    const sheet = await told()
    const shares = sheet.lines().filter((line) => line.includes(' in fault: '))
    expect(shares).toHaveLength(3)
    expect(shares[1]).toMatch(
      /official-issues-certificate 4\.5 % of 200 served, .*citizen-uses-gov24 100 % of 101 served$/,
    )
  })

  test('no event is left out, however often it comes', async () => {
    const sheet = await told()
    const lines = sheet.lines().filter((line) => line.includes('fallback.refused'))
    expect(lines).toHaveLength(12)
    for (const [i, line] of lines.entries()) expect(line).toContain(`reason wrong password, attempt ${i})`)
  })

  test('of arms side by side each line says which, and none is left out', async () => {
    /** The lines told while an arm runs: not its curves, nor what came of it. */
    const underWay = (lines: readonly string[]): string[] =>
      lines.filter((line) => /^ {4,}(\d+\.\d\d s)? {2}\S/.test(line) && !/▁|█|─/.test(line)).toSorted()
    const apart = underWay((await told()).lines())
    const together = (await told(sideBySide(gateArms))).lines()
    const prefixed = gateArms.flatMap((arm) => {
      const prefix = `[17-nov-gpki-stall ${arm}]`.padEnd('[17-nov-gpki-stall untreated] '.length)
      const own = together.filter((line) => line.startsWith(prefix))
      expect(own.length).toBeGreaterThan(8)
      return own.map((line) => line.slice(prefix.length))
    })
    expect(apart.length).toBeGreaterThan(45)
    expect(underWay(prefixed)).toEqual(apart)
    expect(underWay(together)).toEqual([])
    expect(together.filter((line) => line.includes(gpkiStall.title))).toHaveLength(1)
  })

  test('the curves show the fault in each arm', async () => {
    const rows = (await told()).lines().filter((line) => /^ {2}official-issues-certificate +425/.test(line))
    const [control, untreated, treated] = rows.map((row) => /(\S+) ok/.exec(row)![1]!)
    expect(control).toMatch(/^█+$/)
    expect(untreated).toMatch(/^█+▇?[▁▂]{6,}█+$/)
    expect(treated).toMatch(/^█+▇?[▁▂▃▄▅]{2,3}█{10,}$/)
  })
})

describe('verdicts', () => {
  async function linesOf(scenario: ScenarioResult): Promise<string[]> {
    const sheet = paper()
    const reporter = consoleReporter(sheet.output)
    for (const arm of scenario.arms) reporter.armEnded?.(arm, { scenario: scenario.scenario, arm: arm.arm })
    reporter.scenarioEnded?.(scenario)
    const failing = scenario.verdict === 'holds' ? 0 : 1
    await reporter.runEnded?.(
      { ...runResult([scenario]), verdict: scenario.verdict, exitCode: failing },
      '.chaos/runs/x',
    )
    return sheet.lines()
  }

  const good = scenarioResult(gpkiStall)

  function withArm(arm: ArmResult['arm'], changed: (result: ArmResult) => ArmResult): ScenarioResult['arms'] {
    return good.arms.map((result) => (result.arm === arm ? changed(result) : result))
  }

  test('a check is one line with its verdict in words and its figures', async () => {
    const lines = await linesOf(good)
    expect(lines).toContain(
      '    ✓ holds           officials log in and issue: success ≥ 95 %           99 % [97.6 % … 100 %], n 200',
    )
    expect(lines).toContain(
      '    – not-applicable  the fallback opens ≤ 2 s after injection             no fault in this arm',
    )
  })

  test('what must deviate in the untreated arm reads as wanted there', async () => {
    const lines = await linesOf(good)
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}17-nov-gpki-stall untreated {2}✓ deviates, as it must {2}19\.2 s$/),
    )
    const wanted = lines.filter((line) => /^ {4}✓ deviates, as it must {2}/.test(line))
    expect(wanted).toHaveLength(2)
    expect(wanted[1]).toMatch(/login: p95 ≤ 800 ms +5 s \[5 s … \?\], n 160$/)
    expect(lines.join('\n')).not.toMatch(/✗|\? {2}/)
  })

  test('what deviates in the treated arm says why, and where to look', async () => {
    const arms = withArm('treated', (result) => ({
      ...result,
      verdict: 'deviates',
      said: 'the measure does not save it',
      lookAt: ['official-issues-certificate #81 at +3.2 s: timed-out', 'logs/treated/saeol.log'],
      checks: result.checks.map((check, i) =>
        i === 0 ? { ...check, verdict: 'deviates', said: '12 % succeeded, 95 % were asked for' } : check,
      ),
    }))
    const lines = await linesOf({ ...good, verdict: 'deviates', said: 'the measure does not save it', arms })
    const at = lines.findIndex((line) => /^ {4}✗ deviates {2}officials log in/.test(line))
    expect(lines[at]).toMatch(/success ≥ 95 % +12 % succeeded, 95 % were asked for$/)
    expect(lines).toContain('  17-nov-gpki-stall treated  ✗ deviates: the measure does not save it  19.2 s')
    expect(lines).toContain('17-nov-gpki-stall  ✗ deviates: the measure does not save it')
    const look = lines.indexOf('look at 17-nov-gpki-stall, treated')
    expect(lines.slice(look + 1, look + 3)).toEqual([
      '  official-issues-certificate #81 at +3.2 s: timed-out',
      '  logs/treated/saeol.log',
    ])
    expect(lines.filter((line) => line.startsWith('look at'))).toHaveLength(1)
  })

  test('what holds in the untreated arm reads as what it is: it shows nothing', async () => {
    const arms = withArm('untreated', (result) => ({
      ...result,
      verdict: 'holds',
      said: 'without the measures it holds just as well',
      checks: result.checks.map((check) => ({ ...check, verdict: 'holds' })),
    }))
    const lines = await linesOf({ ...good, verdict: 'vacuous', said: 'it shows nothing', arms })
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}✗ holds, but must deviate {2}login/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}✓ holds +no wrong password/))
    expect(lines).toContainEqual(
      expect.stringMatching(/^17-nov-gpki-stall {2}✗ vacuous {2}✓ holds {2}✗ holds, but must/),
    )
  })

  test('a guard that breaks with the measures off is not what was wanted', async () => {
    const arms = withArm('untreated', (result) => ({
      ...result,
      checks: result.checks.map((check) =>
        check.role === 'guard' ? { ...check, verdict: 'deviates' } : check,
      ),
    }))
    const lines = await linesOf({ ...good, verdict: 'deviates', arms })
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}17-nov-gpki-stall untreated {2}✗ deviates, and a guard with it: /),
    )
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}✗ deviates +no wrong password/))
  })

  test('what voids an arm is listed, once', async () => {
    const { calls } = runVariants('.chaos/runs/x')['a failed run']!
    const sheet = paper()
    await tell(consoleReporter(sheet.output), calls)
    expect(sheet.lines().filter((line) => line.includes('SIGKILL'))).toEqual([
      '    void: the arm failed: saeol ended in the middle of the arm (SIGKILL)',
    ])
    expect(sheet.text()).toMatch(/^ {2}17-nov-gpki-stall untreated {2}\? failed {2}19\.2 s$/m)
    expect(sheet.text()).toMatch(/^✗ the harness failed {2}exit 5 · /m)
    expect(sheet.text()).toMatch(/^look at 17-nov-gpki-stall, untreated\n {2}logs\/untreated\/saeol\.log$/m)
  })

  test('an interrupted run says so, and where what is known lies', async () => {
    const sheet = paper()
    await tell(consoleReporter(sheet.output), runVariants('.chaos/runs/x')['an interrupted run']!.calls)
    expect(sheet.text()).toMatch(/^\? interrupted: what was seen until then is kept {2}exit 130 · /m)
    expect(sheet.text()).toMatch(/^journal, results and logs: \.chaos\/runs\/x$/m)
  })
})
