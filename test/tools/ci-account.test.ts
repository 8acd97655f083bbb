/** What .ci/run counts as passed, failed and skipped, and when it is green. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const account = resolve(import.meta.dirname, '../../.ci/account.sh')

let out: string
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'saeol-test-account-'))
  mkdirSync(join(out, 'latest'))
})
afterEach(() => rmSync(out, { recursive: true }))

/** A run that keeps its result in `out` and ends with this code, as a step that may be undecided. */
function step(code: number, scenarios: readonly object[]): { status: number | null; lines: string[] } {
  writeFileSync(join(out, 'latest', 'result.json'), JSON.stringify({ scenarios }))
  const script = `. ${account}; ends() { return ${code}; }; expect_or_undecided step 0 ${out} ends; finish`
  const { status, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  return { status, lines: stdout.trimEnd().split('\n') }
}

const holds = { scenario: 'a', verdict: 'holds', said: 'all is well', repeat: null }
const undecided = (helps: boolean) => ({
  scenario: 'b',
  verdict: 'inconclusive',
  said: 'the host was busy',
  repeat: { helps, said: 'why' },
})

it('a verdict that could not be had, though it was tried again, is skipped, with its reason, and the rest decides', () => {
  const { status, lines } = step(2, [holds, undecided(true)])
  expect(lines[0]).toMatch(/^UNDECIDED step, no verdict could be had on this machine: b: the host was busy/)
  expect(lines.at(-1)).toBe('0 passed, 0 failed, 1 skipped')
  expect(status).toBe(0)
})

it.each([
  ['deviates', 1, [undecided(true)]],
  ['has no verdict, and a repeat cannot help', 2, [undecided(false)]],
  ['has one scenario that is vacuous beside it', 2, [undecided(true), { ...holds, verdict: 'vacuous' }]],
  ['has no result', 2, []],
])('a run that %s fails', (_, code, scenarios) => {
  const { status, lines } = step(code, scenarios)
  expect(lines[0]).toMatch(new RegExp(`^FAILED  step: exit ${code}, wanted 0`))
  expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped')
  expect(status).toBe(1)
})

it('a run that holds passes', () => {
  const { status, lines } = step(0, [holds])
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped')
  expect(status).toBe(0)
})

it('what failed is said once more just before the counts, tests of Vitest too', () => {
  const report = join(out, 'vitest.json')
  const failed = {
    status: 'failed',
    fullName: 'the gate holds',
    failureMessages: ['AssertionError: expected 1\n at x'],
  }
  const passed = { status: 'passed', fullName: 'it starts', failureMessages: [] }
  const file = {
    name: resolve('test/gate.test.ts'),
    startTime: 0,
    endTime: 1,
    assertionResults: [passed, failed],
  }
  const counts = { numPassedTests: 1, numFailedTests: 1, numTotalTests: 2 }
  writeFileSync(report, JSON.stringify({ ...counts, testResults: [file] }))
  const script = `. ${account}; expect 'a step' 0 false; note_tests ${report} 1; finish`
  const { status, stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
  expect(stdout.trimEnd().split('\n').slice(-4)).toEqual([
    'failed: a step: exit 1, wanted 0',
    'failed: test/gate.test.ts > the gate holds: AssertionError: expected 1',
    '0 second tries',
    '1 passed, 2 failed, 0 skipped',
  ])
  expect(status).toBe(1)
})
