import type { Arm } from '../experiment/arms.ts'
import type { Plan } from '../experiment/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../experiment/verdict.ts'
import type { EventOf } from '../journal/events.ts'
import type { LiveTick } from '../load/load.ts'

/**
 * A reporter only reads. Every hook is optional and none may throw into the run; `runEnded` may write files into the
 * run's directory. `live` events arrive as they happen, results once they are judged.
 */
export interface Reporter {
  readonly name: string
  runStarted?(run: {
    id: string
    dir: string
    seed: string
    plans: readonly Plan[]
    arms: readonly Arm[]
    runtime: string
    driver: string
    toxiproxy: string
  }): void
  armStarted?(arm: { plan: Plan; arm: Arm; measures: readonly string[]; faults: boolean }): void
  armReady?(ready: { tookMs: number }): void
  phaseStarted?(event: EventOf<'phase.started'>): void
  faultInjected?(event: EventOf<'fault.injected'>): void
  faultProbed?(event: EventOf<'fault.probed'>): void
  faultReverted?(event: EventOf<'fault.reverted'>): void
  systemEvent?(event: EventOf<'system'>): void
  tick?(tick: LiveTick): void
  /** The load has ended and the ledgers are being read, or the network is coming down: long work worth a word. */
  progress?(message: string): void
  /** Words of several lines that must stay readable, such as where everything is. */
  note?(text: string): void
  armEnded?(result: ArmResult): void
  scenarioEnded?(result: ScenarioResult): void
  runEnded?(result: RunResult, dir: string): void | Promise<void>
}

/** Makes a reporter for one run. */
export type ReporterFactory = (output: ReporterOutput) => Reporter

/** Where a reporter writes and what it may use there. */
export interface ReporterOutput {
  write(text: string): void
  readonly terminal: boolean
  readonly colour: boolean
  columns(): number
}
