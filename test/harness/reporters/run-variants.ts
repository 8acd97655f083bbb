import type { ArmResult, RunResult, ScenarioResult } from '../../../harness/model/result.ts'
import type { Reporter } from '../../../harness/reporters/reporter.ts'
import { runResult, scenarioResult } from './a-run.ts'
import { gpkiStall, overload } from './plans.ts'
import { type HookCall, runCalls } from './run-calls.ts'

/** A control character, a line end, markup, an escape sequence, Hangul, an emoji, half a surrogate pair. */
export const strange = 'a\u0000b\nc\r\td\u001b[31me\u009b2J<f a="g">&\'h]]> 정부24 🙂 \ud800 \ufffe i'

/** One run as hooks tell it, and what it came to. */
export interface ToldRun {
  readonly calls: readonly HookCall[]
  readonly result: RunResult
}

function told(calls: readonly HookCall[], result: RunResult, dir: string): ToldRun {
  return { calls: [...calls, { atMs: calls.at(-1)!.atMs, tell: (r) => r.runEnded?.(result, dir) }], result }
}

function cut(arm: ArmResult, ending: 'interrupted' | 'failed', error?: string): ArmResult {
  return {
    ...arm,
    verdict: 'inconclusive',
    said: `void: the arm ${ending === 'failed' ? 'failed' : 'was interrupted'}`,
    voids: [
      {
        kind: 'ending',
        said: `the arm ${ending === 'failed' ? 'failed' : 'was interrupted'}${error === undefined ? '' : `: ${error}`}`,
        repeatHelps: ending === 'interrupted',
      },
    ],
    checks: arm.checks.map((check) => ({
      ...check,
      verdict: 'inconclusive',
      evidence: null,
      said: 'no visit was due during fault',
    })),
    generator: null,
    ending,
    ...(error !== undefined && { error, lookAt: ['logs/untreated/saeol.log'] }),
  }
}

/** Every kind of run a reporter has to cope with, by name; files go to `dir`. */
export function runVariants(dir: string): Readonly<Record<string, ToldRun>> {
  const whole = runCalls({ dir })
  const withoutEnd = whole.slice(0, -1)
  const scenarios = [gpkiStall, overload].map((plan) => scenarioResult(plan))

  const unfinished = (ending: 'interrupted' | 'failed', error?: string): ToldRun => {
    const [control, untreated] = scenarios[0]!.arms
    const arms = [control!, cut(untreated!, ending, error)]
    const scenario: ScenarioResult = {
      ...scenarios[0]!,
      verdict: 'inconclusive',
      said: `untreated: ${ending}`,
      arms,
    }
    // Up to the second arm's fault, and then the end of everything.
    const secondArm = whole.findIndex((call) => call.starts === 'untreated')
    const untilThen = whole.slice(0, secondArm + 30)
    const rest: HookCall[] = [
      {
        atMs: untilThen.at(-1)!.atMs,
        tell: (r) => r.armEnded?.(arms[1]!, { scenario: gpkiStall.scenario, arm: 'untreated' }),
      },
      { atMs: untilThen.at(-1)!.atMs, tell: (r) => r.scenarioEnded?.(scenario) },
    ]
    const code = ending === 'failed' ? 5 : 130
    return told(
      [...untilThen, ...rest],
      {
        ...runResult([scenario]),
        ending,
        verdict: 'inconclusive',
        exitCode: code,
        notRun: [
          { scenario: gpkiStall.scenario, arms: ['treated'] },
          { scenario: overload.scenario, arms: ['control', 'untreated', 'treated'] },
        ],
      },
      dir,
    )
  }

  const strangely = mapStrings({ ...scenarios[0]!, verdict: 'deviates' as const }, [
    'said',
    'title',
    'check',
    'source',
  ])
  const strangeScenario: ScenarioResult = {
    ...strangely,
    arms: strangely.arms.map((arm) => ({ ...arm, lookAt: [strange] })),
  }

  return {
    'a whole run': { calls: whole, result: runResult(scenarios) },
    'an interrupted run': unfinished('interrupted'),
    'a failed run': unfinished('failed', 'saeol ended in the middle of the arm (SIGKILL)'),
    'an empty run': told(
      runCalls({ dir, plans: [] }).slice(0, -1),
      { ...runResult([]), verdict: 'inconclusive', exitCode: 2 },
      dir,
    ),
    'an end without a beginning': told(
      scenarios.flatMap((scenario) => [
        ...scenario.arms.map(
          (arm): HookCall => ({
            atMs: 0,
            tell: (r) => r.armEnded?.(arm, { scenario: scenario.scenario, arm: arm.arm }),
          }),
        ),
        { atMs: 0, tell: (r: Reporter) => r.scenarioEnded?.(scenario) },
      ]),
      runResult(scenarios),
      dir,
    ),
    'strange characters': told(
      [withoutEnd[0]!, ...strangeCalls(strangeScenario)],
      { ...runResult([strangeScenario]), seed: strange, verdict: 'deviates', exitCode: 1 },
      dir,
    ),
  }
}

/** An arm whose plan, measures, faults and events have strange names. */
function strangeCalls(scenario: ScenarioResult): HookCall[] {
  const strangePlan = { ...gpkiStall, title: strange, load: [{ ...gpkiStall.load[0]!, journey: strange }] }
  const at = 1_700_178_000_000
  return [
    {
      atMs: 1,
      tell: (r) =>
        r.armStarted?.(
          { plan: strangePlan, arm: 'treated', measures: [strange], faults: true },
          { scenario: 's', arm: 'treated' },
        ),
    },
    {
      atMs: 2,
      tell: (r) =>
        r.actStarted?.(
          { kind: 'act.started', at, act: 'baseline', plannedAt: at },
          { scenario: 's', arm: 'treated' },
        ),
    },
    {
      atMs: 3,
      tell: (r) =>
        r.faultInjected?.(
          { kind: 'fault.injected', at, fault: strange, plannedAt: at },
          { scenario: 's', arm: 'treated' },
        ),
    },
    {
      atMs: 4,
      tell: (r) =>
        r.systemEvent?.(
          {
            kind: 'system',
            at,
            service: strange,
            event: strange,
            facts: { [strange]: [strange] },
          },
          { scenario: 's', arm: 'treated' },
        ),
    },
    { atMs: 5, tell: (r) => r.progress?.(strange, { scenario: 's', arm: 'treated' }) },
    { atMs: 6, tell: (r) => r.armEnded?.(scenario.arms[2]!, { scenario: 's', arm: 'treated' }) },
    { atMs: 7, tell: (r) => r.scenarioEnded?.(scenario) },
  ]
}

/** The same with these properties' strings made strange, wherever they are. */
function mapStrings<T>(value: T, keys: readonly string[]): T {
  return JSON.parse(JSON.stringify(value), (key, found) =>
    keys.includes(key) ? `${found} ${strange}` : found,
  )
}
