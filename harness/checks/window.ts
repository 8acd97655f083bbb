import { z } from 'zod'
import { type PhaseName, phaseNames } from '../model/acts.ts'
import type { Window } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import { type Duration, formatMs } from '../model/units.ts'
import type { Seen } from './check-kind.ts'
import { asMs, custom, durationParam } from './params.ts'

/** A window as a scenario writes it. */
export interface WindowOptions {
  /** Phase, or first and last phase. */
  readonly during: PhaseName | readonly [PhaseName, PhaseName]
  /** Starts this long after the (first) phase does. */
  readonly after?: Duration
  /** Ends this long before the (last) phase does. */
  readonly untilEnd?: Duration
}

/** Names of the options that make a window. */
export const windowOptions: readonly string[] = ['during', 'after', 'untilEnd']

/** The window as plain data. */
export function windowOf(options: WindowOptions): Window {
  return {
    during: options.during,
    ...(options.after !== undefined && { afterMs: asMs(options.after) }),
    ...(options.untilEnd !== undefined && { untilEndMs: asMs(options.untilEnd) }),
  }
}

const phaseOrder = (phase: unknown): number => phaseNames.indexOf(phase as PhaseName)

const phasesParam = custom<Window['during']>(
  `a phase (${phaseNames.join(', ')}) or the first and the last of several`,
  (value) =>
    Array.isArray(value)
      ? value.length === 2 && phaseOrder(value[0]) >= 0 && phaseOrder(value[0]) <= phaseOrder(value[1])
      : phaseOrder(value) >= 0,
)

export const windowParam = z.strictObject({
  during: phasesParam,
  afterMs: durationParam.exactOptional(),
  untilEndMs: durationParam.exactOptional(),
})

/** Part of an arm, ms from its start: `fromMs` in, `toMs` out. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** All of an arm, whatever its phases. */
export const wholeArm: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/**
 * Where a window lies in an arm, by the plan: actual starts differ by some ms from arm to arm, and the visits that are
 * judged must not. `null` where the arm did not come that far.
 */
export function spanOf(record: Seen, window: Window): Span | null {
  const [first, last] = ends(window.during)
  const ended = record.phases.findLast(({ phase }) => phase === last)
  if (first === undefined || last === undefined || ended === undefined || !Number.isFinite(ended.toMs))
    return null
  return {
    fromMs: plannedStartMs(record.plan, first) + (window.afterMs ?? 0),
    toMs: plannedStartMs(record.plan, last) + record.plan.phasesMs[last] - (window.untilEndMs ?? 0),
  }
}

/** When a phase starts by the plan, ms from the arm's start. */
export function plannedStartMs({ phasesMs }: Pick<Plan, 'phasesMs'>, phase: PhaseName): number {
  return phaseNames.slice(0, phaseNames.indexOf(phase)).reduce((sum, before) => sum + phasesMs[before], 0)
}

/** `during fault, from 2 s`. */
export function windowWords(window: Window): string {
  const [first, last] = ends(window.during)
  return [
    first === last ? `during ${first}` : `from ${first} to ${last}`,
    window.afterMs !== undefined && window.afterMs !== 0 && `from ${words(window.afterMs)}`,
    window.untilEndMs !== undefined &&
      window.untilEndMs !== 0 &&
      `until ${words(window.untilEndMs)} before its end`,
  ]
    .filter(Boolean)
    .join(', ')
}

function ends(during: Window['during'] | undefined): readonly [PhaseName | undefined, PhaseName | undefined] {
  return Array.isArray(during) ? [during[0], during[1]] : [during as PhaseName, during as PhaseName]
}

/** What could not be parsed is shown as it was written; the plan refuses it. */
function words(ms: number): string {
  return typeof ms === 'number' ? formatMs(ms) : String(ms)
}
