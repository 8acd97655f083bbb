import { describe, expect, test } from 'vitest'
import { actsInTurn } from '../../harness/model/acts.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { planView } from '../../harness/reporters/plan-view.ts'
import { widthOf } from '../../harness/reporters/terminal/width.ts'
import { gpkiStall, overload } from './reporters/plans.ts'
import { strange } from './reporters/run-variants.ts'

function linesOf(plan: Plan, columns = 100): string[] {
  return planView(plan, { columns, colour: false }).split('\n')
}

function row(lines: readonly string[], label: string): string {
  return lines.find((line) => line.startsWith(`  ${label} `))!
}

describe.each([80, 100, 120])('in %i columns', (columns) => {
  test.each([gpkiStall, overload])('every line of $scenario fits', (plan) => {
    for (const line of linesOf(plan, columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns)
  })

  test('what is too long for a line goes on in the next one', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`)
    const lines = linesOf({ ...gpkiStall, title: words.join(' ') }, columns)
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    expect(lines.join(' ').match(/word\d+/g)).toEqual(words)
  })

  test('faults stand under the act and at the time they are planned for', () => {
    const lines = linesOf(overload, columns)
    const acts = lines.find((line) => line.includes('├'))!
    const [from, to] = [acts.indexOf('├'), acts.indexOf('┤')]
    const msAt = (cell: number): number => ((cell - from) / (to - from + 1)) * 24_000
    const cellMs = 24_000 / (to - from + 1)
    for (const { id, fromMs, toMs } of overload.faults) {
      const bar = row(lines, id)
      expect(Math.abs(msAt(bar.indexOf('█')) - fromMs)).toBeLessThanOrEqual(cellMs)
      expect(Math.abs(msAt(bar.lastIndexOf('█') + 1) - toMs)).toBeLessThanOrEqual(cellMs)
    }
    expect(Math.abs(msAt(acts.indexOf('┼')) - 4000)).toBeLessThanOrEqual(cellMs)
  })
})

test('it names what will happen, and what each arm must do', () => {
  const view = planView(gpkiStall, { columns: 110, colour: false })
  for (const part of [
    '17 Nov 08:40 — GPKI accepts connections and never answers',
    'facts T2 F4 S0',
    '3 arms × 17 s = 51 s',
    '25/s poisson',
    '8→20/s regular',
    'stall l4→gpki-b',
    'opens after 1 s, two persons',
  ])
    expect(view).toContain(part)
  expect(view).toMatch(/^ {2}control +– +on +hold: /m)
  expect(view).toMatch(/^ {2}untreated +on +– +deviate: /m)
  expect(view).toMatch(/^ {2}treated +on +on +hold: /m)
  const [, protectedOnes, guards] = view.split(/^protected: .*|^guards: .*/m)
  expect(protectedOnes).toMatch(/^ {2}officials log in and issue: success ≥ 95 % {2}zdnet 20250828134555$/m)
  expect(guards).toMatch(/^ {2}no wrong password was accepted +fallback invariant 3$/m)
  expect(guards).not.toContain('† ours')
})

test('a ramp rises, a constant rate does not, and a faster journey stands higher', () => {
  const lines = linesOf(gpkiStall)
  const bars = (label: string): string => row(lines, label).replace(/[^▁-█]/g, '')
  expect(bars('official-issues-certificate')).toMatch(/^█+$/)
  expect(bars('visitor-at-the-counter')).toMatch(/^▂+$/)
  expect(bars('citizen-uses-gov24')).toMatch(/^▃+▄+▅+▆+▇*$/)
})

test('a fault that repeats has one row, with all its times', () => {
  const [stall, other] = gpkiStall.faults
  const once = { ...stall!, fromMs: 3000, toMs: 4000 }
  const again = { ...once, id: `${once.id} 2`, fromMs: 9000, toMs: 10_000 }
  const view = planView({ ...gpkiStall, faults: [once, again, other!] }, { columns: 100, colour: false })
  const rows = view.split('\n').filter((line) => /stall l4→gpki/.test(line))
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatch(/stall l4→gpki-a .*█+[^█]+█+.* 1 s, 2 times/)
})

test('without faults it says that the verdict must be vacuous', () => {
  const view = planView({ ...gpkiStall, faultsOn: false }, { columns: 100, colour: false })
  expect(view).toContain('so the verdict must be vacuous')
  expect(view).not.toContain('stall l4')
  expect(view).toMatch(/^ {2}untreated +– +– +deviate, which it cannot/m)
  expect(view).toMatch(/^ {2}treated +– +on /m)
})

test('a measure that is left out is named as such', () => {
  const lines = linesOf({ ...gpkiStall, without: ['password-fallback'] })
  expect(row(lines, 'password-fallback')).toMatch(/left out of this run$/)
})

test('knobs are shown as they are set', () => {
  const lines = linesOf({ ...overload, knobs: { surge: 60, stallMs: 800 } })
  expect(lines[2]).toBe('--set surge=60 --set stallMs=800')
})

test('colours only where they are wanted, and then with the same words', () => {
  const plain = planView(overload, { columns: 100, colour: false })
  const coloured = planView(overload, { columns: 100, colour: true })
  expect(plain).not.toContain('\x1b')
  expect(coloured).toContain('\x1b[31m')
  expect(coloured.replaceAll(/\x1b\[\d+m/g, '').replaceAll(/ +$/gm, '')).toBe(plain)
})

test('a plan with nothing in it, acts without length and strange words do no harm', () => {
  const empty: Plan = {
    ...gpkiStall,
    acts: actsInTurn({ baseline: 0, fault: 0, recovery: 0 }),
    load: [],
    faults: [],
    measures: [],
    checks: [],
  }
  expect(linesOf(empty).join('\n')).toMatch(/^faults\n {2}none$/m)
  const said = planView({ ...gpkiStall, title: strange, scenario: strange }, { columns: 80, colour: false })
  expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
})
