import { percent } from '../../checks/figures.ts'
import type { ArmRef } from '../../experiment/report.ts'
import { armMs } from '../../model/acts.ts'
import type { Arm } from '../../model/arms.ts'
import type { LiveTick } from '../../model/load.ts'
import type { Plan } from '../../model/plan.ts'
import { formatMs } from '../../model/units.ts'
import { inOrderOf, journeyWords } from '../journey-words.ts'
import { oneLine } from '../terminal/one-line.ts'
import type { Paint } from '../terminal/paint.ts'
import { pad } from '../terminal/width.ts'
import { type Estimate, estimateOf } from './estimate.ts'

/** What is known of an arm that is under way. Times are epoch ms. */
export interface UnderWay {
  readonly plan: Plan
  doing: string
  act: { readonly name: string; readonly at: number } | null
  /** Visits by journey that ended in this act. */
  visits: Map<string, { ok: number; failed: number }>
}

export function comingUp(plan: Plan): UnderWay {
  return { plan, doing: 'coming up', act: null, visits: new Map() }
}

export function beginAct(arm: UnderWay, name: string, at: number): void {
  arm.act = { name, at }
  arm.visits = new Map()
}

export function countVisits(arm: UnderWay, { journeys }: LiveTick): void {
  for (const [journey, { ok, failed }] of Object.entries(journeys)) {
    const sum = arm.visits.get(journey) ?? { ok: 0, failed: 0 }
    arm.visits.set(journey, { ok: sum.ok + ok, failed: sum.failed + failed })
  }
}

/** An arm's planned time under load, ms. */
export function plannedMs({ acts }: Plan): number {
  return armMs(acts)
}

/** How an arm is called where several of several scenarios are told of: `22-nov-overload treated`. */
export function nameOf({ scenario, arm }: ArmRef): string {
  return `${scenario} ${arm}`
}

/** How long the arms of a run take that begins. */
export function estimateOfRun({
  plans,
  arms,
  parallel,
}: {
  readonly plans: readonly Plan[]
  readonly arms: readonly (readonly Arm[])[]
  readonly parallel: number
}): Estimate {
  const queue = plans.flatMap((plan, i) =>
    arms[i]!.map((arm) => ({
      arm: nameOf({ scenario: plan.scenario, arm }),
      plannedMs: plannedMs(plan),
    })),
  )
  return estimateOf(queue, parallel)
}

/**
 * Two lines an arm, what it does and how each journey fares in this act; where `rows` are too few, one; where they are
 * fewer still, the first arms and how many there are besides. `at`: epoch ms.
 */
export function underWayLines(
  arms: ReadonlyMap<string, UnderWay>,
  options: { readonly rows: number; readonly at: number; readonly paint: Paint },
): string[] {
  const heads = [...arms].map(([name, arm]) => headOf(name, arm, options.at))
  const both = [...arms.values()].flatMap((arm, i) => [heads[i]!, ...faresLines(arm, options.paint)])
  if (both.length <= options.rows) return both
  if (heads.length <= options.rows) return heads
  const shown = Math.max(0, options.rows - 1)
  return [...heads.slice(0, shown), options.paint.dim(`  and ${heads.length - shown} more arms`)]
}

/** Columns of an arm's name, so that what stands behind it stands in a column. */
export const nameColumns = 44

function headOf(name: string, { act, doing, plan }: UnderWay, at: number): string {
  const planned = plan.acts.find((one) => one.name === act?.name)
  const now =
    act === null
      ? oneLine(doing)
      : `${act.name} ${formatMs(Math.max(0, Math.round((at - act.at) / 100) * 100))} of ${formatMs(planned === undefined ? 0 : planned.toMs - planned.fromMs)}`
  return `  ${pad(oneLine(name), nameColumns)} ${now}`
}

/** `officials 38 % of 41 served · attackers 100 % of 6 turned away`. */
function faresLines({ plan, act, visits }: UnderWay, paint: Paint): string[] {
  if (act === null) return []
  const fares = inOrderOf(plan, [...visits.keys()]).flatMap((journey) => {
    const { ok, failed } = visits.get(journey)!
    const { users, successIs } = journeyWords(plan, journey)
    return ok + failed === 0 ? [] : [`${users} ${percent(ok / (ok + failed))} of ${ok + failed} ${successIs}`]
  })
  return fares.length === 0 ? [] : [paint.dim(`      ${fares.map(oneLine).join(' · ')}`)]
}
