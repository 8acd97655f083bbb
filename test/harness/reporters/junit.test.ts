import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Arm } from '../../../harness/model/arms.ts'
import type { CheckVerdict } from '../../../harness/model/check.ts'
import type { RunResult, ScenarioResult } from '../../../harness/model/result.ts'
import { junitReporter } from '../../../harness/reporters/junit.ts'
import { gpkiStall, overload, runResult, scenarioResult } from './a-run.ts'
import { parseXml, type XmlNode } from './parse-xml.ts'
import { runVariants, strange } from './run-variants.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'junit-reporter-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

async function written(result: RunResult): Promise<XmlNode> {
  await junitReporter().runEnded?.(result, dir)
  return parseXml(readFileSync(join(dir, 'junit.xml'), 'utf8'))
}

function named(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name)
}

/** `passed`, or the element that says otherwise and its type: `failure deviates`. */
function outcome(testcase: XmlNode): string {
  const what = testcase.children.find(({ name }) => name !== 'system-out')
  return what === undefined ? 'passed' : [what.name, what.attributes.type].filter(Boolean).join(' ')
}

async function outcomes(scenario: ScenarioResult): Promise<Record<string, string>> {
  const root = await written(runResult([scenario]))
  return Object.fromEntries(
    named(root.children[0]!, 'testcase').map((testcase) => [
      `${testcase.attributes.classname} ${testcase.attributes.name}`,
      outcome(testcase),
    ]),
  )
}

function idOf(title: string): string {
  return gpkiStall.checks.find((check) => check.title === title)!.id
}

test('a suite per scenario, a case per arm and check, and one for the verdict', async () => {
  const root = await written(runResult([scenarioResult(gpkiStall), scenarioResult(overload)]))
  expect(root.name).toBe('testsuites')
  expect(root.children.map((suite) => suite.attributes.name)).toEqual([
    '17-nov-gpki-stall',
    '22-nov-overload',
  ])
  for (const suite of root.children) {
    const cases = named(suite, 'testcase')
    expect(cases).toHaveLength(3 * (1 + 5) + 1)
    expect(cases.at(-1)!.attributes).toMatchObject({ classname: suite.attributes.name, name: 'verdict' })
    expect(cases.map(outcome).filter((o) => o !== 'passed')).toEqual(['skipped', 'skipped'])
    expect(suite.attributes).toMatchObject({ tests: '19', failures: '0', errors: '0', skipped: '2' })
    const properties = Object.fromEntries(
      named(suite.children[0]!, 'property').map(({ attributes }) => [attributes.name, attributes.value]),
    )
    expect(properties).toMatchObject({
      seed: '17',
      runtime: 'processes',
      verdict: 'holds',
      evidence: expect.stringContaining('Toxiproxy itself saw users bitten'),
    })
    const seen = Object.entries(properties).filter(([name]) => name!.startsWith('seen to bite'))
    expect(seen).toHaveLength(2 * 2)
    for (const [, words] of seen) expect(words).toMatch(/^by its probe/)
  }
  expect(root.attributes).toMatchObject({
    tests: '38',
    failures: '0',
    errors: '0',
    skipped: '4',
    time: '104.300',
  })
})

const protectedCheck = 'login: p95 ≤ 800 ms'
const guard = 'no wrong password was accepted'

describe('a check is', () => {
  test.each<[Arm, string, CheckVerdict, string]>([
    ['control', protectedCheck, 'holds', 'passed'],
    ['control', protectedCheck, 'deviates', 'failure deviates'],
    ['control', guard, 'deviates', 'failure deviates'],
    ['treated', protectedCheck, 'holds', 'passed'],
    ['treated', protectedCheck, 'deviates', 'failure deviates'],
    ['treated', protectedCheck, 'inconclusive', 'error inconclusive'],
    ['treated', guard, 'inconclusive', 'error inconclusive'],
    ['treated', guard, 'not-applicable', 'skipped'],
    ['untreated', protectedCheck, 'deviates', 'passed'],
    ['untreated', protectedCheck, 'holds', 'failure vacuous'],
    ['untreated', protectedCheck, 'inconclusive', 'error inconclusive'],
    ['untreated', protectedCheck, 'not-applicable', 'skipped'],
    ['untreated', guard, 'holds', 'passed'],
    ['untreated', guard, 'deviates', 'failure deviates'],
  ])('%s: %s %s → %s', async (arm, title, verdict, expected) => {
    const good = scenarioResult(gpkiStall)
    const arms = good.arms.map((result) =>
      result.arm === arm
        ? { ...result, checks: result.checks.map((c) => (c.check === title ? { ...c, verdict } : c)) }
        : result,
    )
    const found = await outcomes({ ...good, arms })
    expect(found[`17-nov-gpki-stall.${arm} ${idOf(title)}`]).toBe(expected)
  })
})

test.each(['deviates', 'inconclusive', 'vacuous'] as const)(
  'a scenario that is %s is red',
  async (verdict) => {
    const found = await outcomes({ ...scenarioResult(gpkiStall), verdict })
    const element = verdict === 'inconclusive' ? 'error' : 'failure'
    expect(found['17-nov-gpki-stall verdict']).toBe(`${element} ${verdict}`)
  },
)

test('a failure says why and where to look', async () => {
  const good = scenarioResult(gpkiStall)
  const arms = good.arms.map((arm) => ({
    ...arm,
    checks: arm.checks.map((check) => ({
      ...check,
      verdict: 'deviates' as const,
      lookAt: ['logs/treated/saeol.log'],
    })),
  }))
  const root = await written(runResult([{ ...good, arms }]))
  const failing = named(root.children[0]!, 'testcase').find(
    ({ attributes }) =>
      attributes.classname === '17-nov-gpki-stall.treated' && attributes.name === idOf(guard),
  )!
  const [failure] = failing.children
  expect(failure!.attributes.message).toBe('deviates: 40 attempts, none let in')
  expect(failure!.text).toBe(
    'no wrong password was accepted\n40 attempts, none let in\nthreshold from: fallback invariant 3\nlook at:\n  logs/treated/saeol.log',
  )
})

describe('what did not finish is an error', () => {
  test.each([
    ['a failed run', 'error failed', 'saeol ended in the middle of the arm (SIGKILL)'],
    ['an interrupted run', 'error interrupted', 'void: the arm was interrupted'],
  ])('%s', async (variant, expected, message) => {
    const root = await written(runVariants(dir)[variant]!.result)
    const [suite] = root.children
    const broken = named(suite!, 'testcase').filter((testcase) => outcome(testcase).startsWith('error'))
    expect(broken.map(outcome).slice(0, 1)).toEqual([expected])
    expect(broken[0]!.attributes).toMatchObject({
      classname: '17-nov-gpki-stall.untreated',
      name: 'the arm finishes',
    })
    expect(broken[0]!.children[0]!.attributes.message).toBe(message)
    // The arm, each of its checks, and the verdict.
    expect(suite!.attributes).toMatchObject({ errors: '7', failures: '0' })
  })

  test('a run that never came to a scenario', async () => {
    const root = await written({ ...runResult([]), ending: 'failed', exitCode: 5 })
    expect(root.attributes).toMatchObject({ tests: '1', errors: '1' })
    expect(outcome(named(root.children[0]!, 'testcase')[0]!)).toBe('error failed')
  })
})

test('colours go, and strange characters are written so that they can be read back', async () => {
  const root = await written(runVariants(dir)['strange characters']!.result)
  const cases = named(root.children[0]!, 'testcase')
  const plain = strange.replace('\u001b[31m', '').replace('\u009b2J', '')
  const readable = plain.replace(/[\u0000\ufffe]/g, '\ufffd').toWellFormed()
  expect(cases[1]!.children[0]!.text).toContain(`officials log in and issue: success ≥ 95 % ${readable}`)
  const verdict = cases.at(-1)!.children[0]!
  expect(verdict.text).toContain(readable)
  expect(verdict.attributes.message).toContain(readable)
})
