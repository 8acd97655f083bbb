import type { PlannedAct } from './acts.ts'
import type { ArrivalStream } from './arrivals.ts'
import type { CheckSpec } from './check.ts'

/** Everything a driver needs for one arm, plain data so that it can cross a process boundary. */
export interface LoadPlan {
  readonly seed: string
  readonly streams: readonly ArrivalStream[]
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
    readonly acts: readonly PlannedAct[]
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
}
