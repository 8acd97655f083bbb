import { z } from 'zod'
import type { PlannedAct } from '../model/acts.ts'
import type { CheckSpec, Window } from '../model/check.ts'
import type { Plan } from '../model/plan.ts'
import { type Duration, formatMs } from '../model/units.ts'
import { unknown } from '../near-miss.ts'
import type { Seen } from './check-kind.ts'
import { asMs, custom, durationParam } from './params.ts'

/** A window as a scenario writes it. */
export interface WindowOptions {
  /** Act, or first and last act. */
  readonly during: string | readonly [string, string]
  /** Starts this long after the (first) act does. */
  readonly after?: Duration
  /** Ends this long before the (last) act does. */
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

const actsParam = custom<Window['during']>(
  'the name of an act, or of the first and the last of several',
  (value) => (Array.isArray(value) ? value.length === 2 && value.every(isName) : isName(value)),
)

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

export const windowParam = z.strictObject({
  during: actsParam,
  afterMs: durationParam.exactOptional(),
  untilEndMs: durationParam.exactOptional(),
})

/** Part of an arm, ms from its start: `fromMs` in, `toMs` out. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** All of an arm, whatever its acts. */
export const wholeArm: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/**
 * Where a window lies in an arm, by the plan: actual starts differ by some ms from arm to arm, and the visits that are
 * judged must not. `null` where the arm did not come that far.
 */
export function spanOf(record: Seen, window: Window): Span | null {
  const [, last] = ends(window.during)
  const ended = record.acts.findLast(({ act }) => act === last)
  if (ended === undefined || !Number.isFinite(ended.toMs)) return null
  return plannedSpan(record.plan, window)
}

/** Where a window lies by the plan; `null` where an act that it names is not in it. */
export function plannedSpan({ acts }: Pick<Plan, 'acts'>, window: Window): Span | null {
  const [first, last] = ends(window.during).map((name) => acts.find((act: PlannedAct) => act.name === name))
  if (first === undefined || last === undefined) return null
  return { fromMs: first.fromMs + (window.afterMs ?? 0), toMs: last.toMs - (window.untilEndMs ?? 0) }
}

/** What is wrong with a check's window in a plan of these acts, in words. */
export function windowProblems({ title, params }: CheckSpec, acts: readonly PlannedAct[]): string[] {
  const { success, data: window } = windowParam.safeParse(params.window)
  if (!success) return []
  const names = acts.map(({ name }) => name)
  const strange = [...new Set(ends(window.during))].filter((name) => !names.includes(name))
  if (strange.length > 0)
    return strange.map((name) => `check '${title}' looks at ${unknown('act', name, names)}`)
  const { fromMs, toMs } = plannedSpan({ acts }, window)!
  return fromMs < toMs
    ? []
    : [
        `check '${title}' looks at nothing: its window would begin at ${words(fromMs)} and end at ${words(toMs)}`,
      ]
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

function ends(during: Window['during']): readonly [string, string] {
  return typeof during === 'string' ? [during, during] : during
}

/** What could not be parsed is shown as it was written; the plan refuses it. */
function words(ms: number): string {
  return typeof ms === 'number' ? formatMs(ms) : String(ms)
}
