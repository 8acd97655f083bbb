import type { Journey } from './journey.ts'
import type { Rate } from './units.ts'

/** Open-model arrivals of one journey: users come at their own rate, whatever the system does. */
export interface ArrivalsSpec {
  readonly journey: string
  /** {@link Journey.users}. */
  readonly users?: string
  /** {@link Journey.successIs}. */
  readonly successIs?: string
  /** {@link Journey.servedWithinMs}. */
  readonly servedWithinMs?: number
  /** The act in which they come; absent: all through the arm. */
  readonly act?: string
  /** Arrivals per second; a pair ramps linearly from the first to the second over the stream's length. */
  readonly perSecond: readonly [from: number, to: number]
  /** `poisson`: exponential gaps; `regular`: even gaps. Both from the seed alone. */
  readonly process: 'poisson' | 'regular'
}

/** Constant arrivals: `arrivals(officialIssuesCertificate, '25/s')`; `{ to: '80/s' }` makes a ramp of it. */
export function arrivals(
  journey: Journey,
  rate: Rate,
  options: { to?: Rate; process?: 'poisson' | 'regular' } = {},
): {
  journey: Journey
  rate: Rate
  to?: Rate
  process: 'poisson' | 'regular'
  /** Options that nobody reads. */
  unread?: readonly string[]
} {
  const unread = Object.keys(options).filter((name) => !['to', 'process'].includes(name))
  return {
    journey,
    rate,
    process: options.process ?? 'poisson',
    ...(options.to !== undefined && { to: options.to }),
    ...(unread.length > 0 && { unread }),
  }
}

/** What a scenario file says of its load; `plan` turns it into {@link ArrivalsSpec}. */
export type Arrivals = ReturnType<typeof arrivals>

/** One stream of arrivals as a driver runs it. */
export interface ArrivalStream extends ArrivalsSpec {
  /** Unique within the arm; the seed of its schedule. */
  readonly id: string
  readonly durationMs: number
  /** By itself, or when a fault (a surge) starts it. */
  readonly begins: 'with-the-arm' | 'on-command'
  /**
   * When it is planned to begin, ms from the arm's start: its visits are due by that, in every arm. Absent: with the arm,
   * or with the command.
   */
  readonly atMs?: number
  /**
   * Visit n is user `from + n × every` of its journey; default: user n. So steady streams of one journey, such as the
   * night's and the morning's, never bring the same user.
   */
  readonly numbering?: { readonly from: number; readonly every: number }
}
