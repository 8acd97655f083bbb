import { z } from 'zod'
import type { ArmRecord } from '../journal/record.ts'
import { type PhaseName, phaseNames } from '../model/acts.ts'
import type { Window } from '../model/check.ts'
import { type Duration, formatMs } from '../model/units.ts'
import { asMs, custom, durationParam, nameParam } from './params.ts'

/** A window as a scenario writes it. */
export interface WindowOptions {
  /** Phase, or first and last phase. */
  readonly during: PhaseName | readonly [PhaseName, PhaseName]
  /** Starts this long after the (first) phase does. */
  readonly after?: Duration
  /**
   * Starts no earlier than this system event's first time in the window (plus `grace`). Where the event does not
   * happen the whole window counts: a fallback that never opens excuses nobody.
   */
  readonly afterEvent?: string
  readonly grace?: Duration
  /** Ends this long before the (last) phase does. */
  readonly untilEnd?: Duration
}

/** The window as plain data. */
export function windowOf(options: WindowOptions): Window {
  return {
    during: options.during,
    ...(options.after !== undefined && { afterMs: asMs(options.after) }),
    ...(options.untilEnd !== undefined && { untilEndMs: asMs(options.untilEnd) }),
    ...(options.afterEvent !== undefined && { afterEvent: options.afterEvent }),
    ...(options.grace !== undefined && { graceMs: asMs(options.grace) }),
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

export const windowParam = z
  .strictObject({
    during: phasesParam,
    afterMs: durationParam.exactOptional(),
    untilEndMs: durationParam.exactOptional(),
    afterEvent: nameParam.exactOptional(),
    graceMs: durationParam.exactOptional(),
  })
  .refine((window) => window.graceMs === undefined || window.afterEvent !== undefined, {
    error: 'has a grace but no event (afterEvent) that it follows',
  })

/** Part of an arm, ms from its start: `fromMs` in, `toMs` out. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** All of an arm, whatever its phases. */
export const wholeArm: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }

/** Where a window lies in an arm; `null` where the arm did not come that far. */
export function spanOf(record: ArmRecord, window: Window): Span | null {
  const [firstName, lastName] = ends(window.during)
  const first = record.phases.find((p) => p.phase === firstName)
  const last = record.phases.findLast((p) => p.phase === lastName)
  if (first === undefined || last === undefined) return null

  const toMs = last.toMs - (window.untilEndMs ?? 0)
  const fromMs = first.fromMs + (window.afterMs ?? 0)
  const event = record.system.find(
    (e) => e.event === window.afterEvent && e.ms >= first.fromMs && e.ms < toMs,
  )
  if (event === undefined) return { fromMs, toMs }
  return { fromMs: Math.max(fromMs, event.ms + (window.graceMs ?? 0)), toMs }
}

/** `during fault, from 2 s`, `during fault, once fallback.opened`. */
export function windowWords(window: Window): string {
  const [first, last] = ends(window.during)
  return [
    first === last ? `during ${first}` : `from ${first} to ${last}`,
    window.afterMs !== undefined && window.afterMs !== 0 && `from ${words(window.afterMs)}`,
    window.afterEvent !== undefined &&
      `once ${window.afterEvent}${window.graceMs === undefined ? '' : ` + ${words(window.graceMs)}`}`,
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
