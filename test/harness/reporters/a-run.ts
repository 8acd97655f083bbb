import { armMs, baselineMs } from '../../../harness/model/acts.ts'
import { type Arm, gateArms as arms } from '../../../harness/model/arms.ts'
import type { CheckResult, CheckSpec, Evidence } from '../../../harness/model/check.ts'
import type { GeneratorFigures } from '../../../harness/model/load.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type {
  ArmResult,
  FaultEvidence,
  RunResult,
  ScenarioResult,
  Series,
  ServerEvidence,
} from '../../../harness/model/result.ts'
import { citizen, official, visitor } from './plans.ts'

export const hasFaults = (arm: Arm): boolean => arm !== 'control'

export const hasMeasures = (arm: Arm): boolean => arm !== 'untreated'

export function check(
  kind: string,
  title: string,
  role: CheckSpec['role'],
  journeys: string[],
  source: string,
): CheckSpec {
  const id = `${kind}:${title.replaceAll(/\W+/g, '-')}`
  const where = role === 'mechanism' ? { where: { fault: true, measure: 'password-fallback' } } : {}
  return { id, kind, title, role, ...where, journeys, source, params: {} }
}

export const generator: GeneratorFigures = {
  due: 646,
  started: 646,
  dropped: 0,
  finished: 646,
  inFlight: 0,
  lagP50Ms: 0.2,
  lagP99Ms: 1.4,
  lagMaxMs: 6.1,
  loopDelayMaxMs: 11.2,
}

export function share(ok: number, n: number, threshold: number): Evidence {
  const p = ok / n
  const half = 1.96 * Math.sqrt(Math.max(p * (1 - p), 1 / n) / n)
  return {
    n,
    unit: 'share',
    estimate: p,
    interval: [Math.max(0, p - half), Math.min(1, p + half)],
    threshold,
    good: 'at least',
    smallestDetectable: half,
  }
}

function checkResults(plan: Plan, arm: Arm): CheckResult[] {
  const bad = arm === 'untreated'
  const [success, login, opens, ...guards] = plan.checks as [CheckSpec, CheckSpec, CheckSpec, ...CheckSpec[]]
  const result = (spec: CheckSpec, rest: Pick<CheckResult, 'verdict' | 'evidence' | 'said' | 'lookAt'>) => ({
    id: spec.id,
    check: spec.title,
    kind: spec.kind,
    role: spec.role,
    source: spec.source,
    ...rest,
  })
  return [
    result(success, {
      verdict: bad ? 'deviates' : 'holds',
      evidence: bad ? share(9, 160, 0.95) : share(198, 200, 0.95),
      said: bad
        ? '5.6 % of 160 visits succeeded, at least 95 % were asked for'
        : '99 % of 200 visits succeeded, at least 95 % were asked for',
      lookAt: bad ? [`${official} arrival 81 (+3.21 s): timed-out`, 'logs/untreated/saeol.log'] : [],
    }),
    result(login, {
      verdict: bad ? 'deviates' : 'holds',
      evidence: {
        n: 160,
        unit: 'ms',
        estimate: bad ? 5000 : 214,
        interval: bad ? [5000, null] : [188, 260],
        threshold: 800,
        good: 'at most',
        smallestDetectable: 46,
      },
      said: bad ? 'p95 of the login is 5 s' : 'p95 of the login is 214 ms',
      lookAt: [],
    }),
    arm === 'treated'
      ? result(opens, {
          verdict: 'holds',
          evidence: {
            n: 1,
            unit: 'ms',
            estimate: 1310,
            interval: null,
            threshold: 2000,
            good: 'at most',
            smallestDetectable: null,
          },
          said: 'fallback.opened 1.31 s after injection',
          lookAt: [],
        })
      : result(opens, {
          verdict: 'not-applicable',
          evidence: null,
          said: arm === 'control' ? 'no fault in this arm' : 'password-fallback is off in this arm',
          lookAt: [],
        }),
    ...guards.map((spec, i) =>
      result(spec, {
        verdict: 'holds',
        evidence: null,
        said: i === 0 ? '40 attempts, none let in' : '37 receipts written, 37 entered',
        lookAt: [],
      }),
    ),
  ]
}

const bitten: ServerEvidence = {
  from: 'toxics',
  bittenConnections: 38,
  probeConnections: 1,
  chunks: 41,
  bytes: 12_345,
  delayedChunks: 0,
  slicedChunks: 0,
  answeredRequests: 0,
  droppedBytes: 12_345,
  cuts: 0,
  firstBiteAtMs: 3017,
}

function faultEvidence(plan: Plan, arm: Arm): FaultEvidence[] {
  if (!hasFaults(arm)) return []
  return plan.faults.map((fault) => ({
    fault: fault.id,
    injectedAtMs: baselineMs(plan.acts) + fault.fromMs + 3,
    revertedAtMs: baselineMs(plan.acts) + fault.toMs + 2,
    injectedLateMs: 3,
    revertedLateMs: 2,
    bit: true,
    sightings: [
      { when: 'before', bites: false, said: 'answered in 2 ms' },
      { when: 'during', bites: true, said: '3 connections accepted, none answered for 500 ms' },
      { when: 'after', bites: false, said: 'answered in 3 ms' },
    ],
    server: fault.link === undefined ? null : bitten,
  }))
}

export function armResult(plan: Plan, arm: Arm): ArmResult {
  const plannedMs = armMs(plan.acts)
  const bad = arm === 'untreated'
  return {
    arm,
    expected: bad ? 'deviates' : 'holds',
    actions: [],
    measures: hasMeasures(arm) ? plan.measures.map(({ name }) => name) : [],
    retries: [],
    verdict: bad ? 'deviates' : 'holds',
    said: bad ? 'two checks deviate' : 'every check holds',
    voids: [],
    checks: checkResults(plan, arm),
    faults: faultEvidence(plan, arm),
    witness: hasFaults(arm) ? 'events' : null,
    generator,
    ending: 'finished',
    lookAt: [],
    startedAt: new Date(
      Date.UTC(2023, 10, 16, 23, 40, 10 + 20 * arms.indexOf(arm as 'control')),
    ).toISOString(),
    tookMs: plannedMs + 2240,
    plannedMs,
    journeys: {
      [official]: {
        arrivals: 425,
        ok: bad ? 192 : 423,
        outcomes: bad ? { issued: 192, 'timed-out': 221, 'no-session': 12 } : { issued: 423, 'timed-out': 2 },
        failures: bad ? { 'timed-out': 221, 'no-session': 12 } : { 'timed-out': 2 },
        series,
      },
      [visitor]: {
        arrivals: 85,
        ok: bad ? 40 : 85,
        outcomes: bad ? { certificate: 40, 'left-with-nothing': 45 } : { certificate: 85 },
        failures: bad ? { 'left-with-nothing': 45 } : {},
        series,
      },
      [citizen]: { arrivals: 136, ok: 136, outcomes: { shown: 136 }, failures: {}, series },
    },
  }
}

/** Two bins, in the second of which nobody succeeded. */
export const series: Series = {
  binMs: 10_000,
  arrivals: [5, 3],
  ok: [5, 0],
  p50Ms: [80, null],
  p95Ms: [120.5, null],
}

const saysIt = 'it deviates without the measures and holds with them; without any fault it holds'

export function scenarioResult(plan: Plan, only: readonly Arm[] = arms): ScenarioResult {
  return {
    scenario: plan.scenario,
    title: plan.title,
    facts: plan.facts,
    verdict: 'holds',
    said: saysIt,
    repeat: null,
    standsOn:
      '2 faults in 2 arms: 4 of 4 seen to bite by their own probes; Toxiproxy itself saw users bitten by 4 of them',
    effects: [
      {
        journey: official,
        users: 'officials',
        with: 'treated',
        without: 'untreated',
        visits: 320,
        saved: 231,
        lost: 0,
        either: 87,
        neither: 2,
        effective: 212,
        difference: 231,
        interval: [219.4, 242.1],
        differs: true,
        lostAtMost: 5.1,
        unmatched: 0,
      },
    ],
    credits: plan.measures.map(({ name }) => ({ measure: name, credit: null, breaks: [], effects: [] })),
    arms: only.map((arm) => armResult(plan, arm)),
  }
}

export function runResult(scenarios: readonly ScenarioResult[]): RunResult {
  return {
    version: 2,
    run: '20231117-084000-k3x9',
    seed: '17',
    startedAt: '2023-11-16T23:40:00.000Z',
    tookMs: 104_300,
    ending: 'finished',
    runtime: 'processes',
    driver: 'builtin',
    toxiproxy: 'embedded',
    verdict: 'holds',
    exitCode: 0,
    scenarios,
    notRun: [],
  }
}
