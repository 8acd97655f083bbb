/** A run as the harness would tell it, call by call. */
import { armMs, baselineMs } from '../../../harness/model/acts.ts'
import { type Arm, gateArms as arms } from '../../../harness/model/arms.ts'
import type { Plan } from '../../../harness/model/plan.ts'
import type { Reporter } from '../../../harness/reporters/reporter.ts'
import { armResult, generator, hasFaults, hasMeasures, runResult, scenarioResult } from './a-run.ts'
import { citizen, gpkiStall, overload } from './plans.ts'

/** A run as the harness would tell it, with figures like those of a real one: what every reporter must cope with. */

export type HookCall = {
  /** Ms since the run's start. */
  readonly atMs: number
  /** The arm that this call starts. */
  readonly starts?: Arm
  readonly tell: (reporter: Reporter) => void | Promise<void>
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
