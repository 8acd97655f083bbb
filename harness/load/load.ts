import type { CheckSpec } from '../checks/check.ts'
import type { PhaseName } from '../experiment/phases.ts'
import type { Rate } from '../experiment/units.ts'
import type { Journey } from './journey.ts'

/** Open-model arrivals of one journey: users come at their own rate, whatever the system does. */
export interface ArrivalsSpec {
  readonly journey: string
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
): { journey: Journey; rate: Rate; to?: Rate; process: 'poisson' | 'regular' } {
  return {
    journey,
    rate,
    process: options.process ?? 'poisson',
    ...(options.to !== undefined && { to: options.to }),
  }
}

/** What a scenario file says of its load; `plan` turns it into {@link ArrivalsSpec}. */
export type Arrivals = ReturnType<typeof arrivals>

/** One stream of arrivals as a driver runs it. */
export interface Stream extends ArrivalsSpec {
  /** Unique within the arm; the seed of its schedule. */
  readonly id: string
  readonly durationMs: number
  /** `scheduled` streams begin with the arm; the others when a fault (a surge) starts them. */
  readonly begins: 'with-the-arm' | 'on-command'
}

/** Everything a driver needs for one arm, plain data so that it can cross a process boundary. */
export interface LoadPlan {
  readonly seed: string
  readonly streams: readonly Stream[]
  /** Module (file URL) that exports the journeys, found there by name. */
  readonly journeysModule: string
  /** Base URL of each entrance link, by link name. */
  readonly entrances: Readonly<Record<string, string>>
  /** File with the users' data (JSON), if the system has any. */
  readonly dataFile?: string
  /** More visits at once than this are dropped, and recorded as dropped. */
  readonly maxInFlight: number
  /** What the scenario expects, for a driver with words of its own for it: k6 has tags and thresholds. */
  readonly expects?: {
    readonly phasesMs: Readonly<Record<PhaseName, number>>
    readonly checks: readonly CheckSpec[]
  }
}

/** How the generator itself did: evidence that the load was what the plan says. All times in ms. */
export interface GeneratorFigures {
  readonly due: number
  readonly started: number
  readonly dropped: number
  readonly finished: number
  readonly inFlight: number
  readonly lagP50Ms: number
  readonly lagP99Ms: number
  readonly lagMaxMs: number
  /** Longest stall of the driver's own event loop. */
  readonly loopDelayMaxMs: number
  /** What the generator says against itself, in words; one entry voids the arm. */
  readonly problems?: readonly string[]
  /** What else it has to say: its own version, its own thresholds. */
  readonly notes?: readonly string[]
}

/** Live figures of the last interval, per journey, for a person to watch. */
export interface LiveTick {
  readonly at: number
  readonly journeys: Readonly<Record<string, { arrived: number; ok: number; failed: number; p95Ms: number }>>
  readonly generator: GeneratorFigures
}

/** A running load generator. */
export interface LoadRun extends AsyncDisposable {
  /** Starts the streams that begin with the arm; resolves when the first arrival can be scheduled. @returns epoch ms of offset 0. */
  start(): Promise<number>
  /** Starts a stream that begins on command. */
  begin(streamId: string): Promise<void>
  /** Stops a stream early; a stream that has ended is left as it is. */
  end(streamId: string): Promise<void>
  /** No new arrivals; waits for visits under way, at most `patienceMs`; what is left is recorded as unfinished. */
  drain(patienceMs: number): Promise<GeneratorFigures>
  /** How a stream that begins on command is doing: the evidence of a surge. `activeMs` is the time since it began. */
  onCommand(streamId: string): {
    readonly active: boolean
    readonly activeMs: number
    readonly arrived: number
  }
}

/** A load driver: how journeys are turned into traffic. */
export interface LoadDriver {
  readonly name: string
  /** What keeps it from running on this machine, with the remedy; asked before anything is started. */
  missing?(): Promise<string | undefined>
  open(
    plan: LoadPlan,
    hooks: {
      /** Journal lines (observation and generator events), newline-terminated JSON, in batches. */
      lines(chunk: string): void
      tick(tick: LiveTick): void
      signal: AbortSignal
      /** A process the driver started, to be reaped should the harness die. */
      adopt(pid: number): void
      /** It ended by itself in the middle of the arm. */
      died(error: Error): void
      logFile: string
    },
  ): Promise<LoadRun>
}
