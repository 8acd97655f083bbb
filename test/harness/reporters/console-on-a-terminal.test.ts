/** The console reporter on a terminal, which redraws what is under way. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { gateArms } from '../../../harness/model/arms.ts'
import { consoleReporter } from '../../../harness/reporters/console.ts'
import { epoch, sideBySide } from './console-told.ts'
import { gpkiStall } from './plans.ts'
import { type HookCall, runCalls } from './run-calls.ts'
import { runVariants } from './run-variants.ts'
import { screen } from './screen.ts'

function twoArms(plan = gpkiStall): HookCall[] {
  return runCalls({ plans: [plan], arms: ['untreated', 'treated'], epoch })
}

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

  test.each([40, 24, 12, 8, 6, 4, 3, 2])('of %i rows it fills no more', async (rows) => {
    const { terminal, until } = play({ calls: sideBySide(gateArms), rows })
    await until(2020 + 5000)
    const lines = terminal.lines()
    const first = lines.findIndex((line) => / · control|and 3 more arms/.test(line))
    expect(first).toBeGreaterThan(0)
    const block = lines.slice(first)
    // The last is the cursor's.
    expect(block.length).toBeLessThanOrEqual(rows)
    const shown = block.filter((line) => line.includes('17-nov-gpki-stall · ')).length
    expect(shown).toBe(rows >= 5 ? 3 : rows === 4 ? 1 : 0)
    if (shown < 3) expect(block).toContainEqual(`  and ${3 - shown} more arms`)
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
