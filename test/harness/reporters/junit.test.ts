import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Arm } from '../../../harness/model/arms.ts'
import type { CheckVerdict } from '../../../harness/model/check.ts'
import type { RunResult, ScenarioResult } from '../../../harness/model/result.ts'
import { junitReporter } from '../../../harness/reporters/junit.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { parseXml, type XmlNode } from './parse-xml.ts'
import { gpkiStall, overload } from './plans.ts'
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
      'verdict of the run': 'holds',
      'exit code': '0',
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
    const must = arm === 'untreated' && title === protectedCheck && verdict !== 'not-applicable'
    const name = `17-nov-gpki-stall.${arm} ${idOf(title)}${must ? ' (must deviate)' : ''}`
    expect(found[name]).toBe(expected)
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
    'deviates: 40 attempts, none let in\nno wrong password was accepted\nthreshold from: fallback invariant 3\nlook at:\n  logs/treated/saeol.log',
  )
})

test('what untreated must do, and did or did not, is said as it is', async () => {
  const good = scenarioResult(gpkiStall)
  const told = async (verdict: CheckVerdict): Promise<XmlNode> => {
    const arms = good.arms.map((arm) => ({
      ...arm,
      checks: arm.checks.map((check) => ({ ...check, verdict, said: 'p95 is 5 s' })),
    }))
    const root = await written(runResult([{ ...good, arms }]))
    return named(root.children[0]!, 'testcase').find(
      ({ attributes }) =>
        attributes.classname === '17-nov-gpki-stall.untreated' &&
        attributes.name === `${idOf(protectedCheck)} (must deviate)`,
    )!
  }
  const [out] = (await told('deviates')).children
  expect([out!.name, out!.text]).toEqual([
    'system-out',
    `${protectedCheck}\ndeviates, as it must: p95 is 5 s`,
  ])
  const [failure] = (await told('holds')).children
  expect(failure!.attributes.message).toBe('had to deviate, and held: p95 is 5 s')
})

test('times are those of arms: a suite lasts from its first to its last', async () => {
  const good = scenarioResult(gpkiStall)
  const at = ['2023-11-17T00:00:05.000Z', '2023-11-17T00:00:00.000Z', '2023-11-17T00:00:05.250Z']
  const arms = good.arms.map((arm, i) => ({ ...arm, startedAt: at[i]!, tookMs: 10_000 }))
  const [suite] = (await written(runResult([{ ...good, arms }]))).children
  expect(suite!.attributes).toMatchObject({ time: '15.250', timestamp: '2023-11-17T00:00:00.000Z' })
  const times = named(suite!, 'testcase').map(({ attributes }) => [attributes.name, attributes.time])
  expect(times.filter(([, time]) => time !== undefined)).toEqual([
    ['arm', '10.000'],
    ['arm', '10.000'],
    ['arm', '10.000'],
  ])
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
      name: 'arm',
    })
    expect(broken[0]!.children[0]!.attributes.message).toBe(message)
    // The arm and the verdict; the arm's checks are not decided, and those of the arm that never began are not there.
    expect(suite!.attributes).toMatchObject({ errors: '2', failures: '0', skipped: '7' })
    const ending = expected.replace('error ', '')
    const skipped = named(suite!, 'testcase').filter((testcase) => outcome(testcase) === 'skipped')
    expect(skipped.map(({ children }) => children[0]!.attributes.message)).toEqual([
      'not asked here: no fault in this arm',
      ...Array.from({ length: 5 }, () => `not decided: the arm was ${ending}`),
      expect.stringMatching(/^not run: the run (was interrupted|had failed) before$/),
    ])
    expect(skipped.at(-1)!.attributes).toMatchObject({ classname: '17-nov-gpki-stall.treated', name: 'arm' })
  })

  test('a scenario that was never begun is there, skipped', async () => {
    const run = { ...runResult([scenarioResult(gpkiStall)]), verdict: 'deviates' as const }
    const notRun = [{ scenario: '22-nov-overload', arms: ['control', 'treated'] as const }]
    const root = await written({ ...run, notRun })
    const [, suite] = root.children
    expect(suite!.attributes).toEqual({
      name: '22-nov-overload',
      tests: '2',
      failures: '0',
      errors: '0',
      skipped: '2',
      time: '0.000',
    })
    const [first] = named(suite!, 'testcase')
    expect(first!.attributes).toEqual({ classname: '22-nov-overload.control', name: 'arm' })
    expect(first!.children[0]!.attributes.message).toMatch(/^not run: the run stopped before, .* \(--bail\)$/)
  })

  test('an arm that is void is red, and says what is missing', async () => {
    const good = scenarioResult(gpkiStall)
    const arms = good.arms.map((arm) =>
      arm.arm === 'treated'
        ? {
            ...arm,
            checks: arm.checks.map((check) => ({ ...check, verdict: 'deviates' as const })),
            said: 'void: it stood still',
            voids: [{ kind: 'host' as const, said: 'it stood still', repeatHelps: true }],
          }
        : arm,
    )
    const found = await outcomes({ ...good, verdict: 'inconclusive', arms })
    expect(found['17-nov-gpki-stall.treated arm']).toBe('error void')
    expect(found['17-nov-gpki-stall.control arm']).toBe('passed')
    // What it deviates by may be the machine's doing.
    expect(found[`17-nov-gpki-stall.treated ${idOf(guard)}`]).toBe('error void')
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
