import type { Arm } from '../../model/arms.ts'
import type { CheckResult } from '../../model/check.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../../model/result.ts'
import { repeatInWords } from '../figures.ts'
import { mustDeviate, readArm, readCheck } from '../reading.ts'
import { element } from '../xml.ts'

/**
 * `failure`: something was seen that must not be. `error`: it could not be told. Both are red: a pipeline must not take
 * "we could not tell" for "it holds", and tools show a skipped case as harmless. `skipped`: it was not asked here.
 */
export interface Case {
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped'
  readonly xml: string
}

/** An arm and its checks, for each that began; then the scenario's verdict. */
export function casesOf(scenario: ScenarioResult): Case[] {
  return [
    ...scenario.arms.flatMap((arm) => [
      armCase(scenario.scenario, arm),
      ...arm.checks.map((check) => checkCase(scenario.scenario, arm, check)),
    ]),
    verdictCase(scenario),
  ]
}

/** An arm that was asked for and never begun. */
export function notRunCase(scenario: string, arm: Arm, why: string): Case {
  return skipped({ classname: `${scenario}.${arm}`, name: 'arm' }, `not run: ${why}`)
}

/** A run that ended before any of its arms could say so. */
export function runCase({ run, ending }: RunResult): Case {
  return red('error', { classname: run, name: 'run' }, ending, `the run was ${ending}`, [])
}

/** Whether the arm ran to its end with the evidence that a verdict needs, and the time it took. */
function armCase(scenario: string, arm: ArmResult): Case {
  const attributes = {
    classname: `${scenario}.${arm.arm}`,
    name: 'arm',
    time: (arm.tookMs / 1000).toFixed(3),
  }
  const again = arm.retries.map((why) => `repeated: ${why}`)
  if (arm.ending !== 'finished')
    return red('error', attributes, arm.ending, arm.error ?? arm.said, [arm.said, ...lookAt(arm.lookAt)])
  if (arm.voids.length > 0)
    return red('error', attributes, 'void', arm.said, [
      ...arm.voids.map(({ said }) => `evidence missing: ${said}`),
      ...again,
      ...lookAt(arm.lookAt),
    ])
  return passed(attributes, [`${readArm(arm).words}: ${arm.said}`, ...again])
}

/**
 * Named by its id, which stays when a threshold in its title changes; in the untreated arm a service level must deviate,
 * and its name says so, for there "passed" means that it did.
 */
function checkCase(scenario: string, { arm, ending, voids }: ArmResult, check: CheckResult): Case {
  const must = mustDeviate(arm, check) && check.verdict !== 'not-applicable'
  const attributes = {
    classname: `${scenario}.${arm}`,
    name: must ? `${check.id} (must deviate)` : check.id,
  }
  const source = `threshold from: ${check.source}`
  const { meaning, words } = readCheck(arm, check)
  switch (meaning) {
    case 'wanted':
      return passed(attributes, [check.check, `${words}: ${check.said}`])
    case 'not-asked':
      return skipped(attributes, `not asked here: ${check.said}`)
    case 'undecided':
      // The arm's own case says what happened; its checks have nothing to add.
      if (ending !== 'finished') return skipped(attributes, `not decided: the arm was ${ending}`)
      return red('error', attributes, 'inconclusive', `${words}: ${check.said}`, [check.check, source])
    case 'unwanted': {
      // Something else than the system may have done it; the arm's own case says what.
      if (voids.length > 0 && ending === 'finished')
        return red('error', attributes, 'void', `${words}, in an arm that is void: ${check.said}`, [
          check.check,
          source,
        ])
      // Holding where it must deviate is what makes a scenario vacuous; the other verdicts name themselves.
      const [type, message] = must
        ? ['vacuous', `had to deviate, and held: ${check.said}`]
        : [check.verdict, `${words}: ${check.said}`]
      return red('failure', attributes, type, message, [check.check, source, ...lookAt(check.lookAt)])
    }
  }
}

function verdictCase(scenario: ScenarioResult): Case {
  const attributes = { classname: scenario.scenario, name: 'verdict' }
  const told = [scenario.title, scenario.standsOn]
  if (scenario.verdict === 'holds') return passed(attributes, [`holds: ${scenario.said}`, ...told])
  const voids = scenario.arms.flatMap(({ arm, voids }) =>
    voids.map(({ said }) => `${arm}: evidence missing: ${said}`),
  )
  return red(
    scenario.verdict === 'inconclusive' ? 'error' : 'failure',
    attributes,
    scenario.verdict,
    `${scenario.verdict}: ${scenario.said}`,
    [...told, ...voids, ...repeatInWords(scenario)],
  )
}

type Attributes = Readonly<Record<'classname' | 'name', string> & { time?: string }>

function passed(attributes: Attributes, said: readonly string[]): Case {
  const out = element('system-out', {}, said.join('\n'))
  return { outcome: 'passed', xml: element('testcase', attributes, [out]) }
}

function skipped(attributes: Attributes, message: string): Case {
  return {
    outcome: 'skipped',
    xml: element('testcase', attributes, [element('skipped', { message })]),
  }
}

/** The message is in the text too: tools show the one or the other. */
function red(
  outcome: 'failure' | 'error',
  attributes: Attributes,
  type: string,
  message: string,
  text: readonly string[],
): Case {
  const told = element(outcome, { type, message }, [message, ...text].join('\n'))
  return { outcome, xml: element('testcase', attributes, [told]) }
}

function lookAt(places: readonly string[]): string[] {
  return places.length === 0 ? [] : ['look at:', ...places.map((place) => `  ${place}`)]
}
