import type { WrittenAction } from './action.ts'
import type { shortActs } from './acts.ts'
import type { Arrivals } from './arrivals.ts'
import type { CheckSpec } from './check.ts'
import type { WrittenFault } from './fault.ts'
import type { MeasureUse, System } from './system.ts'
import type { Duration } from './units.ts'

/** A line of a file. */
export interface Place {
  /** A path; of a scenario absolute, of a plan from the working directory. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** A scenario: one story of the incident, its load, its faults, the measures under test, and what must be true. */
export interface Scenario {
  /** Named by date and fault: `17-nov-gpki-stall`. */
  readonly name: string
  readonly title: string
  /** Where it is written: what a pipeline points at. Absent where that cannot be told. */
  readonly definedAt?: Place
  /** Ids of the facts it stands on (incident.md): `T2`, `F4`, `S0`. */
  readonly facts: readonly string[]
  readonly system: System
  /** What `--set` may change. */
  readonly knobs: Readonly<Record<string, Knob>>
  /** The scenario with its knobs set. Pure. */
  build(knobs: Readonly<Record<string, number>>): ScenarioBody
}

/** A named stretch of a longer story. */
export interface ActSpec {
  readonly name: string
  readonly lasts: Duration
  /** Arrivals in this act, beside those of the scenario. */
  readonly load?: readonly Arrivals[]
  /** Faults that begin in this act: their times count from its start, and they end with it unless they say otherwise. */
  readonly faults?: readonly WrittenFault[]
  /** What operators do from this act on: planned times count from its start. */
  readonly actions?: readonly WrittenAction[]
  /** Checks that look at this act. */
  readonly hypothesis?: readonly CheckSpec[]
}

/** How long each act of a short story lasts: steady, with the faults, and after them. */
export type ShortActs = Readonly<Record<(typeof shortActs)[number], Duration>>

export interface ScenarioBody {
  /** Arrivals all through the arm. */
  readonly load: readonly Arrivals[]
  /**
   * A list of acts, or the lengths of the three of a short story. In the first one nothing is wrong: it is the gate
   * ({@link baselineAtLeast}), and no fault may be on in it.
   * @example acts: [{ name: 'morning', lasts: '3s' }, { name: 'flapping', lasts: '6s', faults: [cut('saeol→l4')] }]
   */
  readonly acts: ShortActs | readonly ActSpec[]
  /**
   * Faults of a short story are in its act `fault`. In a list of acts these are the faults that say themselves in which
   * act they begin: `stall('l4→gpki-a', { from: { act: 'night' }, to: { act: 'day', after: '2s' } })`.
   */
  readonly faults?: readonly WrittenFault[]
  /** Actions of a short story are in its act `fault`; in a list of acts, those that say themselves in which act. */
  readonly actions?: readonly WrittenAction[]
  readonly measures: readonly MeasureUse[]
  /** Names of the system's optional services that this story needs. */
  readonly services?: readonly string[]
  /**
   * Variables of services, the same in every arm: a smaller store, a shorter session.
   * @example environment: { saeol: { SESSIONS_MAX: '120' } }
   */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /**
   * `run` adds an arm without each measure, so that the report says what each was worth; `--fast` leaves these out.
   * Default: only `--ablate` asks for them.
   */
  readonly counterfactual?: boolean
  /** The steady-state hypothesis: its checks. */
  readonly hypothesis: readonly CheckSpec[]
  /** Success share every journey must show in the first act, else the arm is void. Default 0.9. */
  readonly baselineAtLeast?: number
}

/** A declared number that `--set` may change; durations in ms, rates per second. */
export interface Knob {
  readonly type: 'duration' | 'rate' | 'number'
  readonly default: Duration | `${number}/s` | number
  readonly describe: string
}

type KnobValues<K> = { readonly [N in keyof K]: number }

/** Declares a scenario. Nothing is checked until it is planned: then every problem is told at once. */
export function defineScenario<
  const K extends Readonly<Record<string, Knob>> = Record<never, Knob>,
>(scenario: {
  name: string
  title: string
  facts: readonly string[]
  system: System
  knobs?: K
  build(knobs: KnobValues<K>): ScenarioBody
}): Scenario {
  const definedAt = callerOf(defineScenario)
  return {
    ...scenario,
    ...(definedAt !== undefined && { definedAt }),
    knobs: scenario.knobs ?? {},
    build: (knobs) => scenario.build(knobs as KnobValues<K>),
  }
}

/** The line that calls a function, as the stack tells it; undefined where it is no file. */
function callerOf(called: (...args: never[]) => unknown): Place | undefined {
  const seen: { stack?: string } = {}
  Error.captureStackTrace(seen, called)
  const [, frame = ''] = (seen.stack ?? '').split('\n')
  const [, url, file, line] = /(file:\/\/)?(\/[^()]*):(\d+):\d+\)?$/.exec(frame) ?? []
  if (file === undefined) return undefined
  return { file: url === undefined ? file : decodeURIComponent(file), line: Number(line) }
}
