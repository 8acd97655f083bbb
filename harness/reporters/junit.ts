import { join } from 'node:path'
import type { Ending, RunResult, ScenarioResult } from '../model/result.ts'
import { seenInWords } from './figures.ts'
import { type Case, casesOf, notRunCase, runCase } from './junit/cases.ts'
import type { Reporter, ReporterOutput } from './reporter.ts'
import { writeWhole } from './write-file.ts'
import { element } from './xml.ts'

/**
 * Writes `junit.xml`: a suite per scenario, with a case per arm and check, and one for the verdict. Arms that were asked
 * for and never begun are skipped cases. Times are those of arms: a suite's from its first arm to its last, checks and
 * verdicts have none. Elements and attributes are those of https://github.com/testmoapp/junitxml.
 */
export function junitReporter({ path }: Pick<ReporterOutput, 'path'> = {}): Reporter {
  return {
    name: 'junit',
    runEnded: (result, dir) => writeWhole(path ?? join(dir, 'junit.xml'), junitXml(result)),
  }
}

interface Suite {
  readonly name: string
  /** Of its arms; null where none ran. */
  readonly span: Span | null
  readonly cases: readonly Case[]
  readonly properties: Readonly<Record<string, string>>
}

function junitXml(run: RunResult): string {
  const suites = suitesOf(run)
  const root = element(
    'testsuites',
    {
      name: 'saeol-chaos',
      ...counts(suites.flatMap(({ cases }) => cases)),
      time: seconds(run.tookMs),
      timestamp: run.startedAt,
    },
    suites.map((suite) => suiteElement(suite, run)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

function suitesOf(run: RunResult): Suite[] {
  const missing = new Map(run.notRun.map(({ scenario, arms }) => [scenario, arms]))
  const why = whyNotRun(run.ending)
  const skipped = (scenario: string): Case[] =>
    (missing.get(scenario) ?? []).map((arm) => notRunCase(scenario, arm, why))
  const begun = run.scenarios.map(
    (scenario): Suite => ({
      name: scenario.scenario,
      span: spanOf(scenario),
      cases: [...casesOf(scenario), ...skipped(scenario.scenario)],
      properties: { verdict: scenario.verdict, ...evidenceOf(scenario) },
    }),
  )
  const never = run.notRun
    .filter(({ scenario }) => !run.scenarios.some((one) => one.scenario === scenario))
    .map(({ scenario }): Suite => ({ name: scenario, span: null, cases: skipped(scenario), properties: {} }))
  const told = run.scenarios.some(({ arms }) => arms.some(({ ending }) => ending !== 'finished'))
  // A run that ended before any arm could say so must not look green.
  const broken: Suite[] =
    run.ending === 'finished' || told
      ? []
      : [{ name: run.run, span: null, cases: [runCase(run)], properties: {} }]
  return [...begun, ...never, ...broken]
}

function suiteElement({ name, span, cases, properties }: Suite, run: RunResult): string {
  const ofRun = {
    run: run.run,
    seed: run.seed,
    runtime: run.runtime,
    driver: run.driver,
    toxiproxy: run.toxiproxy,
    'verdict of the run': run.verdict,
    'exit code': String(run.exitCode),
  }
  return element(
    'testsuite',
    {
      name,
      ...counts(cases),
      time: seconds(span === null ? 0 : span.toMs - span.fromMs),
      timestamp: span === null ? undefined : new Date(span.fromMs).toISOString(),
    },
    [
      element(
        'properties',
        {},
        Object.entries({ ...ofRun, ...properties }).map(([property, value]) =>
          element('property', { name: property, value }),
        ),
      ),
      ...cases.map(({ xml }) => xml),
    ],
  )
}

/** What the verdict stands on, and who saw each fault bite. */
function evidenceOf({ standsOn, arms }: ScenarioResult): Record<string, string> {
  const faults = arms.flatMap(({ arm, faults }) =>
    faults
      .filter(({ injectedAtMs }) => injectedAtMs !== null)
      .map((fault) => [`seen to bite, ${arm}: ${fault.fault}`, seenInWords(fault)] as const),
  )
  return { evidence: standsOn, ...Object.fromEntries(faults) }
}

function whyNotRun(ending: Ending): string {
  switch (ending) {
    case 'interrupted':
      return 'the run was interrupted before'
    case 'failed':
      return 'the run had failed before'
    case 'finished':
      return 'the run stopped before, at the first scenario that did not hold (--bail)'
  }
}

/** Epoch ms. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** From the first arm's beginning to the last one's end: arms may run side by side. */
function spanOf({ arms }: ScenarioResult): Span | null {
  if (arms.length === 0) return null
  const began = arms.map(({ startedAt }) => Date.parse(startedAt))
  return {
    fromMs: Math.min(...began),
    toMs: Math.max(...arms.map(({ tookMs }, i) => began[i]! + tookMs)),
  }
}

function counts(cases: readonly Case[]): Record<'tests' | 'failures' | 'errors' | 'skipped', number> {
  const of = (outcome: Case['outcome']): number => cases.filter((c) => c.outcome === outcome).length
  return { tests: cases.length, failures: of('failure'), errors: of('error'), skipped: of('skipped') }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
