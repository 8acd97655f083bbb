import type { Moment } from './fault.ts'
import type { Duration } from './units.ts'

/** After something happened: an event of the system, or another action that was seen to have worked. */
export type Happening =
  | { readonly event: string; readonly after?: Duration }
  | { readonly action: string; readonly after?: Duration }

/** When an operator does something, and what it is called. */
export interface ActionTimes {
  /** Default: the start of its act. What must happen first counts from the start of that act on. */
  readonly at?: Moment | Happening
  /** A name of its own, where an action is there twice. */
  readonly id?: string
  /** The measure that it belongs to: it is not done where that is off. */
  readonly measure?: string
}

/** An action as a scenario writes it; the plan settles when it is done. */
export interface WrittenAction {
  /** Which one: the file name under actions/, or the name in the system's `actions`. */
  readonly action: string
  /** Unique in its scenario: `mute-desk`. */
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
  readonly times: ActionTimes
  /** Options it was given that nobody reads, in words: a problem of the plan. */
  readonly unread?: readonly string[]
}

/** Done at a time, ms from the arm's start; or so long after the first such happening from `fromMs` on. */
export type ActionTime =
  | { readonly ms: number }
  | { readonly event: string; readonly fromMs: number; readonly afterMs: number }
  | { readonly action: string; readonly fromMs: number; readonly afterMs: number }

/** What an operator does, as plain data. It is done in arms with the fault. */
export interface ActionSpec extends Omit<WrittenAction, 'times' | 'unread'> {
  readonly at: ActionTime
  readonly measure?: string
}

/** Whether it worked, as seen from outside, in words. */
export interface ActionSighting {
  readonly seen: boolean
  readonly said: string
}

/**
 * An action of the system's operators.
 * @example action('mute-desk', { desk: 1 }, { at: '200ms' })
 * @example action('declare-normal', {}, { at: { action: 'replace router', after: '1s' } })
 */
export function action(
  name: string,
  params: Readonly<Record<string, unknown>> = {},
  times: ActionTimes = {},
): WrittenAction {
  return { action: name, id: times.id ?? name, params, times }
}
