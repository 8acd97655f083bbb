import { messageOf } from '../../errors.ts'
import type { WrittenAction } from '../../model/action.ts'
import { actsInTurn, type PlannedAct, shortActs } from '../../model/acts.ts'
import type { Arrivals } from '../../model/arrivals.ts'
import type { CheckSpec } from '../../model/check.ts'
import type { WrittenFault } from '../../model/fault.ts'
import type { ActSpec, ScenarioBody, ShortActs } from '../../model/scenario.ts'
import { type Duration, durationMs } from '../../model/units.ts'

/** A scenario's acts one after the other, and everything in them with the act that it stands in. */
export interface Story {
  readonly acts: readonly PlannedAct[]
  /** `act`: where they come; undefined: all through the arm. */
  readonly load: readonly { readonly arrivals: Arrivals; readonly act: string | undefined }[]
  /** `act`: where it begins; undefined: the fault must say it. */
  readonly faults: readonly { readonly fault: WrittenFault; readonly act: string | undefined }[]
  /** `act`: from where on it is done; undefined: the action must say it. */
  readonly actions: readonly { readonly action: WrittenAction; readonly act: string | undefined }[]
  /** `act`: what it must look at; undefined: whatever it likes. */
  readonly checks: readonly { readonly check: CheckSpec; readonly act: string | undefined }[]
}

/** Either form of acts as one. */
export function storyOf(body: ScenarioBody, problems: string[]): Story {
  const { acts, load, faults = [], actions = [], hypothesis } = body
  const short = !isList(acts)
  const list = short ? inShort(acts) : acts
  const [, second] = shortActs
  return {
    acts: settleActs(list, problems),
    load: [
      ...load.map((arrivals) => ({ arrivals, act: undefined })),
      ...list.flatMap(({ name, load: own = [] }) => own.map((arrivals) => ({ arrivals, act: name }))),
    ],
    faults: [
      ...faults.map((fault) => ({ fault, act: short ? second : undefined })),
      ...list.flatMap(({ name, faults: own = [] }) => own.map((fault) => ({ fault, act: name }))),
    ],
    actions: [
      ...actions.map((action) => ({ action, act: short ? second : undefined })),
      ...list.flatMap(({ name, actions: own = [] }) => own.map((action) => ({ action, act: name }))),
    ],
    checks: [
      ...hypothesis.map((check) => ({ check, act: undefined })),
      ...list.flatMap(({ name, hypothesis: own = [] }) => own.map((check) => ({ check, act: name }))),
    ],
  }
}

function isList(acts: ScenarioBody['acts']): acts is readonly ActSpec[] {
  return Array.isArray(acts)
}

function inShort(acts: ShortActs): ActSpec[] {
  return shortActs.map((name) => ({ name, lasts: acts[name] }))
}

function settleActs(acts: readonly ActSpec[], problems: string[]): PlannedAct[] {
  if (acts.length === 0) problems.push('there are no acts: write the first one, in which nothing is wrong')
  const lengthsMs = new Map<string, number>()
  for (const { name, lasts } of acts) {
    if (typeof name !== 'string' || name.trim() === '') problems.push('an act has no name')
    else if (lengthsMs.has(name)) problems.push(`act '${name}' is there twice`)
    else lengthsMs.set(name, lengthOf(name, lasts, problems))
  }
  return actsInTurn([...lengthsMs])
}

function lengthOf(name: string, lasts: Duration, problems: string[]): number {
  try {
    const lengthMs = durationMs(lasts)
    if (lengthMs <= 0) problems.push(`act '${name}' must last longer than 0`)
    return lengthMs
  } catch (error) {
    problems.push(`act '${name}': ${messageOf(error)}`)
    return 0
  }
}
