import { actsInTurn, armMs, baselineMs } from '../../../harness/model/acts.ts'
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
import type { Reporter } from '../../../harness/reporters/reporter.ts'

/** A run as the harness would tell it, with figures like those of a real one: what every reporter must cope with. */

export type HookCall = {
  /** Ms since the run's start. */
  readonly atMs: number
  /** The arm that this call starts. */
  readonly starts?: Arm
  readonly tell: (reporter: Reporter) => void | Promise<void>
}

const official = 'official-issues-certificate'
const visitor = 'visitor-at-the-counter'
const citizen = 'citizen-uses-gov24'

export const gpkiStall: Plan = {
  scenario: '17-nov-gpki-stall',
  title: '17 Nov 08:40 — GPKI accepts connections and never answers',
  facts: ['T2', 'F4', 'S0'],
  system: 'administrative-network',
  knobs: {},
  acts: actsInTurn({ baseline: 3000, fault: 8000, recovery: 6000 }),
  load: [
    { journey: official, perSecond: [25, 25], process: 'poisson' },
    { journey: visitor, perSecond: [5, 5], process: 'poisson' },
    { journey: citizen, perSecond: [8, 20], process: 'regular' },
  ],
  faults: [
    { kind: 'stall', id: 'stall l4→gpki-a', fromMs: 3000, toMs: 11_000, link: 'l4→gpki-a', params: {} },
    { kind: 'stall', id: 'stall l4→gpki-b', fromMs: 3000, toMs: 11_000, link: 'l4→gpki-b', params: {} },
  ],
  measures: [
    { name: 'deadlines', params: { hopMs: 800 } },
    { name: 'password-fallback', params: { opensAfterMs: 1000, twoPersons: true } },
    { name: 'manual-intake', params: {} },
  ],
  without: [],
  faultsOn: true,
  checks: [
    check(
      'success-rate',
      'officials log in and issue: success ≥ 95 %',
      'protected',
      [official],
      'zdnet 20250828134555',
    ),
    check('latency', 'login: p95 ≤ 800 ms', 'protected', [official], '† ours'),
    check('time-to', 'the fallback opens ≤ 2 s after injection', 'mechanism', [], '† ours'),
    check('invariant', 'no wrong password was accepted', 'guard', [citizen], 'fallback invariant 3'),
    check(
      'invariant',
      'nothing lost: receipts written = entered + rejected',
      'guard',
      [],
      'ledger invariant 1',
    ),
  ],
  baselineAtLeast: 0.9,
}

export const overload: Plan = {
  ...gpkiStall,
  scenario: '22-nov-overload',
  title: '22 Nov 11:45 — pop-ups and downloads hold the connections',
  facts: ['T10', 'F8'],
  acts: actsInTurn({ baseline: 4000, fault: 12_000, recovery: 8000 }),
  faults: [
    {
      kind: 'surge',
      id: `surge ${official}`,
      fromMs: 5000,
      toMs: 13_000,
      params: { journey: official, perSecond: 60 },
    },
    {
      kind: 'throttle',
      id: 'throttle saeol→resident',
      fromMs: 6500,
      toMs: 16_000,
      link: 'saeol→resident',
      params: { kilobytesPerSecond: 64 },
    },
  ],
  measures: [
    { name: 'deadlines', params: { hopMs: 800 } },
    { name: 'load-shedding', params: { queue: 40, first: ['notices', 'downloads'] } },
  ],
}

const hasFaults = (arm: Arm): boolean => arm !== 'control'
const hasMeasures = (arm: Arm): boolean => arm !== 'untreated'

function check(
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

const generator: GeneratorFigures = {
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

function share(ok: number, n: number, threshold: number): Evidence {
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

function armResult(plan: Plan, arm: Arm): ArmResult {
  const plannedMs = armMs(plan.acts)
  const bad = arm === 'untreated'
  return {
    arm,
    expected: bad ? 'deviates' : 'holds',
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

/** How a journey fares `ms` into its arm: the share that succeeds, and the p95. */
function fares(plan: Plan, arm: Arm, journey: string, ms: number): { share: number; p95Ms: number } {
  const [, fault] = plan.acts
  const sinceMs = ms - fault!.fromMs
  const faulty = hasFaults(arm) && sinceMs > 0 && ms < fault!.toMs
  if (!faulty || journey === citizen) return { share: 1, p95Ms: 60 + 25 * Math.sin(ms / 700) }
  if (hasMeasures(arm)) return sinceMs < 1300 ? { share: 0.2, p95Ms: 900 } : { share: 0.99, p95Ms: 210 }
  return { share: sinceMs < 500 ? 0.4 : 0.02, p95Ms: Math.min(5000, 800 + sinceMs) }
}

function armCalls(plan: Plan, arm: Arm, fromMs: number, epoch: number): HookCall[] {
  const calls: HookCall[] = []
  const ref = { scenario: plan.scenario, arm }
  const says = (atMs: number, tell: HookCall['tell']): void => void calls.push({ atMs, tell })
  const readyAt = fromMs + 1900
  const startAt = readyAt + 120
  const at = (ms: number): number => epoch + startAt + ms
  const beginMs = baselineMs(plan.acts)
  const endMs = armMs(plan.acts)

  calls.push({
    atMs: fromMs,
    starts: arm,
    tell: (r) =>
      r.armStarted?.(
        {
          plan,
          arm,
          measures: hasMeasures(arm) ? plan.measures.map(({ name }) => name) : [],
          faults: hasFaults(arm),
        },
        ref,
      ),
  })
  says(readyAt, (r) => r.armReady?.({ tookMs: 1900 }, ref))
  for (const { name: act, fromMs: ms } of plan.acts)
    says(startAt + ms, (r) =>
      r.actStarted?.({ kind: 'act.started', at: at(ms), act, plannedAt: at(ms) }, ref),
    )

  for (const { id, fromMs, toMs } of hasFaults(arm) ? plan.faults : []) {
    const injected = fromMs + 3
    const reverted = toMs + 2
    says(startAt + injected, (r) =>
      r.faultInjected?.(
        { kind: 'fault.injected', at: at(injected), fault: id, plannedAt: at(injected - 3) },
        ref,
      ),
    )
    const probed = injected + 540
    says(startAt + probed, (r) =>
      r.faultProbed?.(
        {
          kind: 'fault.probed',
          at: at(probed),
          fault: id,
          when: 'during',
          bites: true,
          said: '3 connections accepted, none answered for 500 ms',
        },
        ref,
      ),
    )
    says(startAt + reverted, (r) =>
      r.faultReverted?.(
        { kind: 'fault.reverted', at: at(reverted), fault: id, plannedAt: at(reverted - 2) },
        ref,
      ),
    )
  }

  const event = (ms: number, service: string, name: string, facts: Record<string, unknown>): void =>
    says(startAt + ms, (r) =>
      r.systemEvent?.({ kind: 'system', at: at(ms), service, event: name, facts }, ref),
    )
  if (hasFaults(arm))
    event(beginMs + 900, 'situation-room', 'alarm.raised', { vantagePoints: 2, probe: 'deep' })
  if (hasFaults(arm) && hasMeasures(arm)) {
    event(beginMs + 1310, 'saeol', 'fallback.opened', {
      by: ['kim', 'lee'],
      scope: 'login',
      expiresAfterMs: 20_000,
    })
    for (let i = 0; i < 12; i++)
      event(beginMs + 1500 + i * 400, 'saeol', 'fallback.refused', { reason: 'wrong password', attempt: i })
    event(plan.acts[1]!.toMs + 1900, 'saeol', 'fallback.closed', { verified: true })
  }

  for (let ms = 250; ms <= endMs; ms += 250)
    says(startAt + ms, (r) => {
      const journeys = Object.fromEntries(
        plan.load.map(({ journey, perSecond: [from, to] }, i) => {
          const { share, p95Ms } = fares(plan, arm, journey, ms)
          const arrived = Math.round((from + ((to - from) * ms) / endMs) / 4 + Math.sin(ms + i))
          const ok = Math.round(arrived * share)
          return [journey, { arrived, ok, failed: arrived - ok, p95Ms }]
        }),
      )
      r.tick?.({ at: at(ms), journeys, generator }, ref)
    })

  says(startAt + endMs + 50, (r) => r.progress?.('reading the ledgers', ref))
  says(startAt + endMs + 150, (r) => r.progress?.('taking the network down', ref))
  says(startAt + endMs + 320, (r) => r.armEnded?.(armResult(plan, arm), ref))
  return calls.sort((a, b) => a.atMs - b.atMs)
}

/** Every call of a whole run, in order. */
export function runCalls(
  options: {
    plans?: readonly Plan[]
    arms?: readonly Arm[]
    epoch?: number
    dir?: string
    parallel?: number
  } = {},
): HookCall[] {
  const {
    plans = [gpkiStall, overload],
    arms: only = arms,
    epoch = 1_700_178_000_000,
    dir = '.chaos/runs/x',
    parallel = 1,
  } = options
  const result = runResult(plans.map((plan) => scenarioResult(plan, only)))
  const calls: HookCall[] = [
    {
      atMs: 0,
      tell: (r) =>
        r.runStarted?.({
          id: result.run,
          dir,
          seed: result.seed,
          plans,
          arms: plans.map(() => only),
          parallel,
          runtime: result.runtime,
          driver: result.driver,
          toxiproxy: result.toxiproxy,
        }),
    },
  ]
  for (const plan of plans) {
    for (const arm of only) calls.push(...armCalls(plan, arm, calls.at(-1)!.atMs + 10, epoch))
    calls.push({ atMs: calls.at(-1)!.atMs, tell: (r) => r.scenarioEnded?.(scenarioResult(plan, only)) })
  }
  calls.push({ atMs: calls.at(-1)!.atMs + 10, tell: (r) => r.runEnded?.(result, dir) })
  return calls
}
