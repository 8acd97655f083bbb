import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inWords } from '../../../harness/reporters/parameters.ts'
import { oneLine } from '../../../harness/reporters/terminal/one-line.ts'
import { paint } from '../../../harness/reporters/terminal/paint.ts'
import { region } from '../../../harness/reporters/terminal/region.ts'
import { latencyLevel, spark } from '../../../harness/reporters/terminal/sparkline.ts'
import { clip, hang, pad, widthOf, wrap } from '../../../harness/reporters/terminal/width.ts'
import { screen } from './screen.ts'

const pieces = fc.constantFrom('a', 'word', ' ', '정부24', '→', '▇', 'e\u0301', '🙂', '\x1b[31m', '\x1b[39m')
const styledText = fc.array(pieces, { maxLength: 30 }).map((found) => found.join(''))

describe('width', () => {
  test.each([
    ['abc', 3],
    ['정부24', 6],
    ['l4→gpki', 7],
    ['▁▂█━┈✓✗', 7],
    ['e\u0301', 1],
    ['🙂', 2],
    ['\x1b[31mred\x1b[39m', 3],
  ])('%j takes %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns)
  })

  test('what is clipped fits, what fits is untouched, and colours are closed', () => {
    fc.assert(
      fc.property(styledText, fc.integer({ min: 1, max: 40 }), (text, columns) => {
        const clipped = clip(text, columns)
        expect(widthOf(clipped)).toBeLessThanOrEqual(columns)
        if (widthOf(text) <= columns) expect(clipped).toBe(text)
        expect(clipped.match(/\x1b\[\d+m/g)).toEqual(text.match(/\x1b\[\d+m/g))
      }),
    )
  })

  test('what is padded has exactly its width, unless a wide character leaves a column', () => {
    fc.assert(
      fc.property(
        styledText,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('left' as const, 'right' as const),
        (t, n, a) => {
          expect(widthOf(pad(t, n, a))).toBe(n)
        },
      ),
    )
  })

  test('what is wrapped loses no word and keeps to its width where words do', () => {
    const words = fc.array(fc.stringMatching(/^[a-z정]{1,9}$/), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(words, fc.integer({ min: 18, max: 40 }), (all, columns) => {
        const lines = wrap(all.join(' '), columns)
        expect(lines.join(' ').split(' ')).toEqual(all)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
      }),
    )
  })

  test('a line goes on two columns further in', () => {
    expect(hang('    one two three four five', 24)).toEqual(['    one two three four', '      five'])
  })
})

describe('foreign text', () => {
  test.each([
    ['\x1b[2J\x1b[1;31mred\x1b[0m', 'red'],
    ['two\r\n  lines', 'two ⏎ lines'],
    ['a\u0000b\u0007c', 'a\ufffdb\ufffdc'],
    ['bidi \u202egnirts', 'bidi \ufffdgnirts'],
    ['정부24 → ok', '정부24 → ok'],
  ])('%j becomes one harmless line', (text, expected) => {
    expect(oneLine(text)).toBe(expected)
  })

  test('whatever it is, no control character comes through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
      }),
    )
  })
})

test('paint colours, or leaves text alone', () => {
  expect(paint(true).red('no')).toBe('\x1b[31mno\x1b[39m')
  expect(paint(false).red('no')).toBe('no')
})

test('sparklines rise with their value, and latencies by their logarithm', () => {
  expect([0, 0.5, 1].map(spark)).toEqual(['▁', '▅', '█'])
  expect([-1, 7].map(spark)).toEqual(['▁', '█'])
  expect([10, 100, 1000, 10_000].map(latencyLevel).map((level) => Number(level.toFixed(3)))).toEqual([
    0, 0.333, 0.667, 1,
  ])
})

test.each([
  [{ opensAfterMs: 1000, hard: true, soft: false }, 'opens after 1 s, hard, no soft'],
  [{ kilobytesPerSecond: 64, perSecond: 60 }, '64 kilobytes/s, 60/s'],
  [
    { by: ['kim', 'lee'], span: [1, 2], odd: { a: 1 }, none: undefined },
    'by kim and lee, span 1–2, odd (a 1)',
  ],
  [
    { scope: { system: 'saeol', offices: ['*'] }, empty: [], deep: [{ a: 1 }, { b: true }] },
    'scope (system saeol, offices *), empty none, deep (a 1) and (b)',
  ],
  [
    { sent: 12_345_678, share: 0.123_456_789, rate: 99_999.5 },
    'sent 12,345,678, share 0.123457, rate 99999.5',
  ],
  [{ sent: 1_234_567.25, lost: -123_456 }, 'sent 1,234,567.3, lost -123,456'],
  [
    { pid: 4_194_303, port: 100_000, bytesPerSecond: 1_250_000 },
    'pid 4194303, port 100000, 1,250,000 bytes/s',
  ],
  [
    { expiresAt: 1_700_178_000_000, since: 1_700_178_000_250 },
    'expires at 2023-11-16 23:40:00.000 UTC, since 2023-11-16 23:40:00.250 UTC',
  ],
  [{ to: '2023-11-17T08:40:00.000Z', from: 3 }, 'to 2023-11-17 08:40:00.000 UTC, from 3'],
  [{}, ''],
])('parameters in words: %j', (parameters, words) => {
  expect(inWords(parameters)).toBe(words)
})

describe('a region', () => {
  test('is drawn over itself, whatever it held before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.stringMatching(/^[a-z ]{0,30}$/), { maxLength: 6 }), { minLength: 1 }),
        (frames) => {
          const terminal = screen(20)
          terminal.output.write('above\n')
          const block = region(terminal.output)
          for (const frame of frames) block.draw(frame)
          expect(terminal.lines()).toEqual([
            'above',
            ...frames.at(-1)!.map((line) => clip(line, 19).trimEnd()),
            '',
          ])
          block.clear()
          terminal.output.write('below\n')
          expect(terminal.lines()).toEqual(['above', 'below', ''])
        },
      ),
    )
  })

  test('makes room for what somebody else writes to the same terminal', () => {
    const terminal = screen(20)
    const blocks: (() => void)[] = []
    const block = region({ ...terminal.output, blocked: (clear: () => void) => void blocks.push(clear) })
    block.draw(['one', 'two', 'three'])
    for (const clear of blocks) clear()
    terminal.output.write('interrupted\n')
    block.draw(['one', 'two'])
    expect(terminal.lines()).toEqual(['interrupted', 'one', 'two', ''])
  })

  test.each([4, 3, 2, 1])('is never higher than a terminal of %i rows', (rows) => {
    const terminal = screen(20, false, rows)
    const block = region(terminal.output)
    for (const word of ['old', 'new']) block.draw([1, 2, 3].map((line) => `${word} ${line}`))
    expect(terminal.lines()).toEqual([...['new 1', 'new 2', 'new 3'].slice(0, rows - 1), ''])
  })

  test('writes nothing where nothing has changed', () => {
    const terminal = screen(20)
    const block = region(terminal.output)
    block.draw(['same'])
    const before = terminal.written()
    block.draw(['same'])
    expect(terminal.written()).toBe(before)
  })

  test('of a terminal made narrower finds its top again', () => {
    const written: string[] = []
    let columns = 40
    const block = region({
      write: (text) => void written.push(text),
      terminal: true,
      colour: false,
      columns: () => columns,
      rows: () => 40,
      verbose: true,
    })
    block.draw(['x'.repeat(35), 'short'])
    columns = 20
    block.draw(['now'])
    // 35 columns take two rows of twenty, and the short line one.
    expect(written[1]).toMatch(/^\r\x1b\[3A/)
  })
})
