import type { GeneratorFigures, LiveTick, LoadPlan } from '../../model/load.ts'

/** From the harness to its load process. Observations come back on the load process's standard output. */
export type ToLoad =
  | { type: 'plan'; plan: LoadPlan }
  | { type: 'start'; at: number }
  | { type: 'begin'; stream: string }
  | { type: 'end'; stream: string }
  | { type: 'drain'; patienceMs: number }

export type FromLoad =
  | { type: 'ready' }
  | { type: 'failed'; error: string }
  | { type: 'tick'; tick: LiveTick; arrived: Record<string, number> }
  | { type: 'drained'; figures: GeneratorFigures }
