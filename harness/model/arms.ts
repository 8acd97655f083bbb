import type { ActionSpec } from './action.ts'
import type { FaultSpec } from './fault.ts'
import type { Plan } from './plan.ts'
import type { MeasureUse } from './system.ts'

/**
 * Every scenario runs three times on the same seed and the same arrivals: `control` (no fault, measures on) must hold,
 * `untreated` (fault, measures off) must deviate, `treated` (fault, measures on) must hold.
 */
export const gateArms = ['control', 'untreated', 'treated'] as const

/**
 * An arm by name. `without-<measure>`: all measures but one; `only-<measure>`: one measure alone; `with-<a>+<b>`: these
 * and no others. All with the fault.
 */
export type Arm = (typeof gateArms)[number] | Extra
type Extra = `without-${string}` | `only-${string}` | `with-${string}`

/**
 * The fault and no measure, like `untreated`, but nothing is asked of it: where a busy host may be why it deviates it is
 * void, as others are. What is measured without measures is measured in it.
 */
export const bareArm: Arm = 'with-none'

/** What is switched on in an arm. */
export interface ArmSetup {
  readonly faults: readonly FaultSpec[]
  readonly measures: readonly MeasureUse[]
  readonly actions: readonly ActionSpec[]
}

/** What an arm of a plan switches on. Operators act where the fault is, and on a measure's behalf where that is on. */
export function setupOf(plan: Pick<Plan, 'faults' | 'measures' | 'actions'>, arm: Arm): ArmSetup {
  const faults = arm === 'control' ? [] : plan.faults
  const measures = measuresOf(plan, arm)
  const on = new Set(measures.map(({ name }) => name))
  const actions = plan.actions.filter(({ measure }) => measure === undefined || on.has(measure))
  return { faults, measures, actions: faults.length === 0 ? [] : actions }
}

function measuresOf({ measures }: Pick<Plan, 'measures'>, arm: Arm): readonly MeasureUse[] {
  if (arm === 'control' || arm === 'treated') return measures
  if (arm === 'untreated' || arm === bareArm) return []
  const { kind, names } = partsOf(arm)
  return measures.filter(({ name }) => names.includes(name) === (kind !== 'without'))
}

/** Whether an arm is there to be compared with: none of the three of the gate. */
export function isExtra(arm: Arm): arm is Extra {
  return !gateArms.some((name) => name === arm)
}

/** The measures that an arm leaves out, or has and no others. */
function partsOf(arm: Extra): { kind: 'without' | 'only' | 'with'; names: readonly string[] } {
  const [, kind, names] = /^(without|only|with)-(.*)$/.exec(arm) as unknown as [
    string,
    'without' | 'only' | 'with',
    string,
  ]
  return { kind, names: kind === 'with' ? names.split('+') : [names] }
}

/**
 * The arm that has these measures on, and the fault, by its shortest name.
 * @example
 * armWith(['a', 'b', 'c'], ['a', 'b']) // 'without-c'; of none it is `bareArm`
 * @param all names of the plan's measures, in their order
 */
export function armWith(all: readonly string[], on: readonly string[]): Arm {
  const [has, lacks] = [all.filter((name) => on.includes(name)), all.filter((name) => !on.includes(name))]
  if (has.length === 0) return bareArm
  if (lacks.length === 0) return 'treated'
  if (lacks.length === 1) return `without-${lacks[0]!}`
  return has.length === 1 ? `only-${has[0]!}` : `with-${has.join('+')}`
}

/**
 * Arms that credit each measure by itself: without each, and with it alone. Where a plan has one measure `untreated` is
 * without it and `treated` has it alone, so there are none; of two measures, without the one is the other alone.
 */
export function ablationArms({ measures }: Pick<Plan, 'measures'>): readonly Arm[] {
  const without = withoutArms({ measures })
  return measures.length <= 2 ? without : [...without, ...measures.map(({ name }): Arm => `only-${name}`)]
}

/** An arm without each measure: what leaving it out would have cost. Of one measure `untreated` says it. */
export function withoutArms({ measures }: Pick<Plan, 'measures'>): readonly Arm[] {
  return measures.length < 2 ? [] : measures.map(({ name }): Arm => `without-${name}`)
}
