import type { GeneratorFigures, LiveTick, LoadPlan } from '../../model/load.ts'

/** The load process writes journal lines to this file descriptor: what a journey prints goes elsewhere. */
export const linesFd = 4

/** From the harness to its load process. Times are epoch ms. */
export type ToLoad =
  | { type: 'plan'; plan: LoadPlan }
  | { type: 'start'; at: number }
  | { type: 'begin'; stream: string; at: number }
  | { type: 'end'; stream: string; at: number }
  | { type: 'drain'; at: number; patienceMs: number }

export type FromLoad =
  | { type: 'ready' }
  | { type: 'failed'; error: string }
  | { type: 'tick'; tick: LiveTick }
  | { type: 'drained'; figures: GeneratorFigures }
