import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Arm, gateArms } from '../../../harness/model/arms.ts'
import type { ArmResult, ScenarioResult } from '../../../harness/model/result.ts'
import { consoleReporter } from '../../../harness/reporters/console.ts'
import { gpkiStall, type HookCall, runCalls, runResult, scenarioResult } from './a-run.ts'
import { runVariants } from './run-variants.ts'
import { paper, screen } from './screen.ts'

const epoch = 1_700_178_000_000

async function tell(reporter: ReturnType<typeof consoleReporter>, calls: readonly HookCall[]): Promise<void> {
  for (const call of calls) await call.tell(reporter)
}

function oneScenario(): HookCall[] {
  return runCalls({ plans: [gpkiStall], epoch })
}

function twoArms(plan = gpkiStall): HookCall[] {
  return runCalls({ plans: [plan], arms: ['untreated', 'treated'], epoch })
}

/** The calls of all arms at the times at which they would come, were all begun at once. */
function sideBySide(arms: readonly Arm[]): HookCall[] {
  const plans = [gpkiStall]
  const [start] = runCalls({ plans, arms, epoch, parallel: arms.length })
  const calls = arms.flatMap((arm) => runCalls({ plans, arms: [arm], epoch }).slice(1, -2))
  return [start!, ...calls.toSorted((a, b) => a.atMs - b.atMs)]
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

describe('on a terminal', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Tells the run at its own pace, and shows the screen whenever the clock has moved. */
  function play(
    options: { columns?: number; rows?: number; colour?: boolean; calls?: readonly HookCall[] } = {},
  ) {
    const terminal = screen(options.columns ?? 100, options.colour ?? false, options.rows)
    let atMs = 0
    const reporter = consoleReporter(terminal.output, () => epoch + atMs)
    const advanceTo = (ms: number): void => {
      while (atMs < ms) {
        const step = Math.min(50, ms - atMs)
        atMs += step
        vi.advanceTimersByTime(step)
      }
    }
    let next = 0
    const until = async (toMs: number): Promise<void> => {
      for (; next < calls.length && calls[next]!.atMs <= toMs; next++) {
        advanceTo(calls[next]!.atMs)
        await calls[next]!.tell(reporter)
      }
      advanceTo(toMs)
    }
    const calls = options.calls ?? twoArms()
    return { terminal, until, endMs: calls.at(-1)!.atMs }
  }

  const untreatedMs = (inArmMs: number): number => {
    return twoArms().find((call) => call.starts === 'untreated')!.atMs + 2020 + inArmMs
  }

  test('the running arm is a block of nine lines at most, and one for what is left, redrawn in place', async () => {
    const { terminal, until } = play()
    await until(untreatedMs(5000))
    const lines = terminal.lines()
    const block = lines.slice(lines.findIndex((line) => line.startsWith('17-nov-gpki-stall · untreated')))
    expect(block.filter((line) => line !== '').length).toBeLessThanOrEqual(10)
    expect(block.map((line) => line.trimEnd())).toEqual([
      expect.stringMatching(
        /^17-nov-gpki-stall · untreated {2}arm 1 of 2, scenario 1 of 1 +(4\.9|5\.0) s of 17 s$/,
      ),
      expect.stringMatching(/^ {2}baseline ━+ fault ━+─+ recovery ─+$/),
      expect.stringMatching(
        /^ {2}official-issues-certif\S* +2\d\/s {2}█+[▂▃]?▁+ +ok (0|4|5)[.\d]* % +▃+[▄▅▆▇]+ +p95 [\d.]+ s$/,
      ),
      expect.stringMatching(/^ {2}visitor-at-the-counter +\d\/s /),
      expect.stringMatching(/^ {2}citizen-uses-gov24 +\d+\/s {2}█+ +ok 100 % +▃+ +p95 \d\d ms$/),
      expect.stringMatching(/^ {2}fault on +─+▲━+┈+┬┈+ +─+▲━+┈+┬┈+$/),
      expect.stringContaining('stall l4→gpki-a bites'),
      expect.stringContaining('stall l4→gpki-b bites'),
      expect.stringMatching(
        /^ {4}3\.90 s {2}situation-room {2}alarm\.raised \(vantage points 2, probe deep\)$/,
      ),
      expect.stringMatching(/^ {2}2 arms to go, about \d+ s$/),
      '',
    ])
    expect(lines.filter((line) => line.startsWith('17-nov-gpki-stall · '))).toHaveLength(1)
  })

  test('an event that comes again and again floods no other out of the block', async () => {
    const { terminal, until } = play({ calls: runCalls({ plans: [gpkiStall], arms: ['treated'], epoch }) })
    await until(2020 + 8000)
    const block = terminal.lines()
    expect(block.filter((line) => line.includes('fallback.refused'))).toEqual([
      expect.stringMatching(/fallback\.refused ×9 \(reason wrong password, attempt \d+\)$/),
    ])
    expect(block).toContainEqual(expect.stringContaining('fallback.opened'))
  })

  test('arms side by side are all in the block', async () => {
    const { terminal, until } = play({ calls: sideBySide(gateArms) })
    await until(2020 + 5000)
    const heads = terminal.lines().filter((line) => line.includes('17-nov-gpki-stall · '))
    expect(heads.map((line) => / · (\S+)/.exec(line)![1])).toEqual([...gateArms])
    expect(terminal.lines().at(-2)).toMatch(/^ {2}3 arms to go, about 1\d s$/)
  })

  test.each([40, 24, 12, 8, 6, 4])('of %i rows it fills no more', async (rows) => {
    const { terminal, until } = play({ calls: sideBySide(gateArms), rows })
    await until(2020 + 5000)
    const lines = terminal.lines()
    const first = lines.findIndex((line) => / · control|and 3 more arms/.test(line))
    expect(first).toBeGreaterThan(0)
    const block = lines.slice(first)
    // The last is the cursor's.
    expect(block.length).toBeLessThanOrEqual(rows)
    const shown = block.filter((line) => line.includes('17-nov-gpki-stall · ')).length
    expect(shown).toBe(rows >= 5 ? 3 : 1)
    if (shown < 3) expect(block).toContainEqual('  and 2 more arms')
    if (rows >= 12) expect(block.filter((line) => line.includes('baseline')).length).toBe(3)
  })

  test('it is redrawn four to ten times a second', async () => {
    const { terminal, until } = play()
    await until(untreatedMs(5000))
    const before = terminal.written().length
    await until(untreatedMs(6000))
    const frames = terminal.written().slice(before).split('\x1b[J').length - 1
    expect(frames).toBeGreaterThanOrEqual(4)
    expect(frames).toBeLessThanOrEqual(10)
  })

  test.each([60, 80, 120])('no line is wider than %i columns', async (columns) => {
    const { terminal, until, endMs } = play({ columns })
    await until(untreatedMs(9000))
    for (const line of terminal.lines()) expect(Array.from(line).length).toBeLessThan(columns)
    await until(endMs)
    for (const line of terminal.lines()) expect(Array.from(line).length).toBeLessThan(columns)
  })

  test('nothing of the block is left at the end, verdicts are, and the cursor stands below them', async () => {
    const { terminal, until, endMs } = play()
    await until(endMs)
    const lines = terminal.lines()
    expect(lines.join('\n')).not.toMatch(/arm \d of 2|begins/)
    expect(lines.filter((line) => /^ {2}17-nov-gpki-stall (untreated|treated) {2}✓/.test(line))).toHaveLength(
      2,
    )
    expect(terminal.cursor()).toEqual({ row: lines.length - 1, column: 0 })
    expect(lines.at(-2)).toBe('journal, results and logs: .chaos/runs/x')
  })

  test('the cursor is never hidden, so that even kill -9 leaves a usable terminal', async () => {
    const { terminal, until, endMs } = play()
    await until(endMs)
    expect(terminal.written()).not.toContain('\x1b[?')
  })

  test.each([true, false])('colours only where they are wanted: %s', async (colour) => {
    const { terminal, until, endMs } = play({ colour })
    await until(endMs)
    expect(/\x1b\[\d+m/.test(terminal.written())).toBe(colour)
  })

  test('the words are the same with and without colours', async () => {
    const [plain, coloured] = [play(), play({ colour: true })]
    await plain.until(plain.endMs)
    await coloured.until(coloured.endMs)
    expect(coloured.terminal.lines()).toEqual(plain.terminal.lines())
  })

  test('journeys that find no room are told in one line', async () => {
    const load = ['a', 'b', 'c', 'd', 'e', 'f'].map((journey) => ({ ...gpkiStall.load[0]!, journey }))
    const { terminal, until } = play({ calls: twoArms({ ...gpkiStall, load }) })
    await until(untreatedMs(5000))
    const lines = terminal.lines()
    const block = lines.slice(lines.findIndex((line) => line.startsWith('17-nov-gpki-stall · untreated')))
    expect(block.length).toBeLessThanOrEqual(11)
    expect(block).toContainEqual(expect.stringMatching(/^ {2}and d [\d.]+ %, e [\d.]+ %, f [\d.]+ %$/))
  })

  test('an interrupted run leaves no timer and no block', async () => {
    const calls = runVariants('.chaos/runs/x')['an interrupted run']!.calls
    const { terminal, until, endMs } = play({ calls })
    await until(endMs)
    expect(vi.getTimerCount()).toBe(0)
    expect(terminal.lines().join('\n')).not.toMatch(/arm \d of 3/)
  })

  test('an error while drawing stops the drawing, not the run', async () => {
    const { terminal, until, endMs } = play()
    await until(untreatedMs(5000))
    const columns = terminal.output.columns
    terminal.output.columns = () => {
      throw new Error('no such terminal')
    }
    vi.advanceTimersByTime(500)
    expect(vi.getTimerCount()).toBe(0)
    expect(terminal.lines().at(-2)).toBe('the live view has stopped: Error: no such terminal')
    terminal.output.columns = columns
    await until(endMs)
    expect(terminal.lines().at(-2)).toBe('journal, results and logs: .chaos/runs/x')
  })
})
