import type { LiveTick, LoadPlan, LoadRun } from '../model/load.ts'

/** What a driver tells the arm it runs in. */
export interface LoadHooks {
  /** Journal lines (observation and generator events), newline-terminated JSON, in batches. */
  lines(chunk: string): void
  tick(tick: LiveTick): void
  readonly signal: AbortSignal
  /** A process the driver started, to be reaped should the harness die. */
  adopt(pid: number): void
  /** It ended by itself in the middle of the arm. */
  died(error: Error): void
  /** Where it writes what is no journal line: what journeys print, what goes wrong. */
  readonly logFile: string
}

/** A load driver: how journeys are turned into traffic. */
export interface LoadDriver {
  readonly name: string
  /** What keeps it from running on this machine, with the remedy; asked before anything is started. */
  missing?(): Promise<string | undefined>
  open(plan: LoadPlan, hooks: LoadHooks): Promise<LoadRun>
}
