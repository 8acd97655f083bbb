import { join } from 'node:path'
import type { Arm } from '../model/arms.ts'
import type { CheckResult } from '../model/check.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'
import { repeatInWords, seenInWords } from './figures.ts'
import { readArm, readCheck } from './reading.ts'
import type { Reporter } from './reporter.ts'
import { writeWhole } from './write-file.ts'
import { element } from './xml.ts'

type Outcome = 'passed' | 'failure' | 'error' | 'skipped'
interface Case {
  readonly outcome: Outcome
  readonly xml: string
}

/**
 * Writes `junit.xml`: a suite per scenario, a case per arm and check, and one for the scenario's verdict. Whatever is
 * not as wanted is red, missing evidence included: a pipeline must not take "we could not tell" for "it holds".
 * Elements and attributes are those of https://github.com/testmoapp/junitxml.
 */
export function junitReporter(): Reporter {
  return {
    name: 'junit',
    runEnded: (result, dir) => writeWhole(join(dir, 'junit.xml'), junitXml(result)),
  }
}

function junitXml(run: RunResult): string {
  const suites = run.scenarios.map((scenario) => ({
    name: scenario.scenario,
    tookMs: tookMs(scenario),
    cases: casesOf(scenario),
    evidence: evidenceOf(scenario),
  }))
  if (run.ending !== 'finished' && !run.scenarios.some(({ arms }) => arms.some(isUnfinished)))
    suites.push({
      name: run.run,
      tookMs: 0,
      cases: [unfinished(run.run, 'the run', run.ending)],
      evidence: [],
    })
  const all = suites.flatMap(({ cases }) => cases)
  const ofRun = (['run', 'seed', 'runtime', 'driver', 'toxiproxy', 'verdict'] as const).map((name) =>
    property(name, run[name]),
  )
  const root = element(
    'testsuites',
    { name: 'saeol-chaos', ...counts(all), time: seconds(run.tookMs), timestamp: run.startedAt },
    suites.map(({ name, tookMs, cases, evidence }) =>
      element('testsuite', { name, ...counts(cases), time: seconds(tookMs), timestamp: run.startedAt }, [
        element('properties', {}, [...ofRun, ...evidence]),
        ...cases.map(({ xml }) => xml),
      ]),
    ),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function property(name: string, value: string): string {
  return element('property', { name, value })
}

/** What the verdict stands on, and who saw each fault bite. */
function evidenceOf({ standsOn, arms }: ScenarioResult): string[] {
  const faults = arms.flatMap(({ arm, faults }) =>
    faults
      .filter(({ injectedAtMs }) => injectedAtMs !== null)
      .map((fault) => property(`seen to bite, ${arm}: ${fault.fault}`, seenInWords(fault))),
  )
  return [property('evidence', standsOn), ...faults]
}

function casesOf(scenario: ScenarioResult): Case[] {
  return [
    ...scenario.arms.flatMap((arm) => [
      isUnfinished(arm) ? unfinishedArm(scenario.scenario, arm) : armCase(scenario.scenario, arm),
      ...arm.checks.map((check) => checkCase(`${scenario.scenario}.${arm.arm}`, arm.arm, check)),
    ]),
    verdictCase(scenario),
  ]
}

/** The arm itself, with the time it took; checks are pure and take none. */
function armCase(scenario: string, arm: ArmResult): Case {
  const attributes = { classname: `${scenario}.${arm.arm}`, name: 'the arm ran', time: seconds(arm.tookMs) }
  const text = lines(`${readArm(arm).words}: ${arm.said}`, ...arm.retries.map((why) => `run again: ${why}`))
  return { outcome: 'passed', xml: element('testcase', attributes, [element('system-out', {}, text)]) }
}

/** Named by its id, which stays when a threshold in its title changes. */
function checkCase(classname: string, arm: Arm, check: CheckResult): Case {
  const attributes = { classname, name: check.id, time: seconds(0) }
  const { meaning, words } = readCheck(arm, check)
  switch (meaning) {
    case 'wanted':
      return {
        outcome: 'passed',
        xml: element('testcase', attributes, [
          element('system-out', {}, lines(check.check, `${words}: ${check.said}`)),
        ]),
      }
    case 'not-asked':
      return {
        outcome: 'skipped',
        xml: element('testcase', attributes, [element('skipped', { message: check.said })]),
      }
    // Nothing failed that was seen; something that had to be seen was not.
    case 'undecided': {
      const text = lines(check.check, check.said, `threshold from: ${check.source}`)
      const error = element('error', { type: 'inconclusive', message: `${words}: ${check.said}` }, text)
      return { outcome: 'error', xml: element('testcase', attributes, [error]) }
    }
    case 'unwanted': {
      // Holding where it must deviate is what makes a scenario vacuous; the other verdicts name themselves.
      const type = check.verdict === 'holds' ? 'vacuous' : check.verdict
      const text = lines(check.check, check.said, `threshold from: ${check.source}`, ...lookAt(check.lookAt))
      const failure = element('failure', { type, message: `${words}: ${check.said}` }, text)
      return { outcome: 'failure', xml: element('testcase', attributes, [failure]) }
    }
  }
}

function verdictCase(scenario: ScenarioResult): Case {
  const attributes = { classname: scenario.scenario, name: 'verdict', time: seconds(tookMs(scenario)) }
  if (scenario.verdict === 'holds') return { outcome: 'passed', xml: element('testcase', attributes) }
  const voids = scenario.arms.flatMap((arm) =>
    arm.voids.map(({ said }) => `${arm.arm}: evidence missing: ${said}`),
  )
  const kind = scenario.verdict === 'inconclusive' ? 'error' : 'failure'
  const failure = element(
    kind,
    { type: scenario.verdict, message: `${scenario.verdict}: ${scenario.said}` },
    lines(scenario.title, scenario.said, ...voids, ...repeatInWords(scenario)),
  )
  return { outcome: kind, xml: element('testcase', attributes, [failure]) }
}

function isUnfinished(arm: ArmResult): boolean {
  return arm.ending !== 'finished'
}

function unfinishedArm(scenario: string, arm: ArmResult): Case {
  const text = lines(arm.said, ...lookAt(arm.lookAt))
  return unfinished(`${scenario}.${arm.arm}`, 'the arm', arm.ending, arm.error ?? arm.said, text)
}

function unfinished(
  classname: string,
  what: string,
  type: string,
  message = `${what} was ${type}`,
  text = message,
): Case {
  const error = element('error', { type, message }, text)
  const attributes = { classname, name: `${what} finishes`, time: seconds(0) }
  return { outcome: 'error', xml: element('testcase', attributes, [error]) }
}

function counts(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const of = (outcome: Outcome): number => cases.filter((c) => c.outcome === outcome).length
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
}

function lookAt(places: readonly string[]): string[] {
  return places.length === 0 ? [] : ['look at:', ...places.map((place) => `  ${place}`)]
}

function lines(...all: readonly string[]): string {
  return all.join('\n')
}

function tookMs(scenario: ScenarioResult): number {
  return scenario.arms.reduce((sum, arm) => sum + arm.tookMs, 0)
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
