/** The sample in README.md is what a run prints: its lines are written here by the reporter, from the sample's figures. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { standsOn } from '../../../harness/judging/server-evidence.ts'
import type { ArmResult, ScenarioResult } from '../../../harness/model/result.ts'
import { quietReporter } from '../../../harness/reporters/console/quiet.ts'
import { scenarioResult, series } from './a-run.ts'
import { overload } from './plans.ts'
import { paper } from './screen.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const [, sample] = /## One verdict, worked through\n\n```\n(.*?)```/s.exec(readme)!
const [, said] = /✓ holds: (load-shedding saves .*)/.exec(sample!)!
const [, breaks] = /deviates '(.*)'/.exec(sample!)!

const journey = overload.load[0]!.journey
const plan = { ...overload, load: overload.load.map((stream) => ({ ...stream, users: 'officials' })) }
const figures = {
  control: { tookMs: 17_800, ok: 368 },
  treated: { tookMs: 17_100, ok: 368 },
  untreated: { tookMs: 19_700, ok: 91 },
}

function armOf(arm: ArmResult): ArmResult {
  const { tookMs, ok } = figures[arm.arm as keyof typeof figures]
  return {
    ...arm,
    tookMs,
    faults: arm.faults.slice(0, 1).map((fault) => ({ ...fault, server: null })),
    journeys: { [journey]: { arrivals: 368, ok, outcomes: {}, failures: {}, series } },
  }
}

function result(): ScenarioResult {
  const good = scenarioResult(plan)
  const arms = good.arms.map(armOf)
  const counts = { visits: 285, saved: 277, lost: 0, either: 8, neither: 0, difference: 277 }
  const effects = good.effects.map((effect) => ({ ...effect, ...counts, interval: [121.2, 284] as const }))
  return {
    ...good,
    arms,
    said: said!,
    standsOn: standsOn(arms),
    effects,
    credits: [
      { measure: 'load-shedding', credit: 'needed', breaks: [breaks!, 'another', 'another'], effects },
    ],
  }
}

it('shows a verdict as the console prints it', () => {
  const sheet = paper()
  const reporter = quietReporter({ ...sheet.output, verbose: false })
  const told = result()
  for (const arm of ['control', 'treated', 'untreated'] as const) {
    const ref = { scenario: told.scenario, arm }
    reporter.armStarted?.({ plan, arm, measures: [], faults: true }, ref)
    reporter.armEnded?.(told.arms.find((one) => one.arm === arm)!, ref)
  }
  reporter.scenarioEnded?.(told)
  expect(sheet.text().trimEnd()).toBe(sample!.trimEnd())
})
