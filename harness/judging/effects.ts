import type { Arm } from '../model/arms.ts'
import type { ArrivalsSpec } from '../model/arrivals.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, Credit, Effect } from '../model/result.ts'
import { pairedEffect } from '../stats/paired-effect.ts'
import { pairsOf, type Served } from './served.ts'
import { protectedThat } from './weigh.ts'

/** An arm that was judged, and who was served in it. */
export interface JudgedArm {
  readonly result: ArmResult
  readonly served: ReadonlyMap<string, Served>
}

/**
 * What the measures of one arm do for users, beside another arm with fewer: visits are matched by stream and number, and
 * each is saved, lost, served in both or in neither. One effect a journey that a service level speaks of.
 */
export function effectsBetween(plan: Plan, more: JudgedArm, fewer: JudgedArm): Effect[] {
  return [...more.served].flatMap(([journey, served]) => {
    const other = fewer.served.get(journey)
    if (other === undefined) return []
    const { a, b, dueMs, unmatched } = pairsOf(served, other)
    const { n, ...effect } = pairedEffect(a, b, cutsOf(plan, dueMs))
    return [
      {
        journey,
        users: usersOf(plan, journey),
        with: more.result.arm,
        without: fewer.result.arm,
        visits: n,
        ...effect,
        unmatched,
      },
    ]
  })
}

/** Of visits in order of their due times: which is the first of each act after the one in which faults begin. */
function cutsOf({ acts }: Plan, dueMs: Float64Array): number[] {
  return acts.slice(2).flatMap(({ fromMs }) => {
    const cut = dueMs.findIndex((ms) => ms >= fromMs)
    return cut < 0 ? [] : [cut]
  })
}

function usersOf({ load }: Plan, journey: string): string {
  return load.find((stream: ArrivalsSpec) => stream.journey === journey)?.users ?? journey
}

/** The arms that tell what one measure is worth: with it, and without it. */
function armsOf(plan: Plan, measure: string): { more: Arm; fewer: Arm } {
  return { more: 'treated', fewer: plan.measures.length === 1 ? 'untreated' : `without-${measure}` }
}

/**
 * Credits each measure by itself. *needed*: without it a service level deviates that holds with it. *harmful*: with it
 * users are lost who are served without it, more than chance explains. *redundant*: neither. Null where the arms that
 * would tell were not run, or are void.
 */
export function creditsOf(plan: Plan, arms: readonly JudgedArm[]): Credit[] {
  const armNamed = (name: Arm) => arms.find(({ result }) => result.arm === name && result.voids.length === 0)
  return plan.measures.map(({ name: measure }): Credit => {
    const names = armsOf(plan, measure)
    const more = armNamed(names.more)
    const fewer = armNamed(names.fewer)
    if (more === undefined || fewer === undefined) return { measure, credit: null, breaks: [], effects: [] }
    const effects = effectsBetween(plan, more, fewer)
    const held = new Set(protectedThat(more.result.checks, 'holds').map(({ id }) => id))
    const breaks = protectedThat(fewer.result.checks, 'deviates')
      .filter(({ id }) => held.has(id))
      .map(({ check }) => check)
    const harms = effects.some((effect) => effect.differs && effect.difference < 0)
    const open = protectedThat(fewer.result.checks, 'inconclusive').length > 0
    const credit = breaks.length > 0 ? 'needed' : harms ? 'harmful' : open ? null : 'redundant'
    return { measure, credit, breaks, effects }
  })
}
