import type { EventOf } from '../journal/events.ts'
import type { Arm } from '../model/arms.ts'
import type { LiveTick } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'

/** Which arm something is told of; several may run side by side. */
export interface ArmRef {
  readonly scenario: string
  readonly arm: Arm
}

/** What a run tells while it goes on, and at its end. None of it changes the run; `runEnded` may write files. */
export interface Report {
  runStarted(run: {
    id: string
    dir: string
    seed: string
    plans: readonly Plan[]
    /** Of each plan. */
    arms: readonly (readonly Arm[])[]
    /** How many run side by side. */
    parallel: number
    runtime: string
    driver: string
    toxiproxy: string
  }): void
  armStarted(arm: { plan: Plan; arm: Arm; measures: readonly string[]; faults: boolean }, ref: ArmRef): void
  armReady(ready: { tookMs: number }, ref: ArmRef): void
  phaseStarted(event: EventOf<'phase.started'>, ref: ArmRef): void
  faultInjected(event: EventOf<'fault.injected'>, ref: ArmRef): void
  faultProbed(event: EventOf<'fault.probed'>, ref: ArmRef): void
  faultReverted(event: EventOf<'fault.reverted'>, ref: ArmRef): void
  systemEvent(event: EventOf<'system'>, ref: ArmRef): void
  tick(tick: LiveTick, ref: ArmRef): void
  /** The load has ended and the ledgers are being read, or the network is coming down: long work worth a word. */
  progress(message: string, ref: ArmRef): void
  /** Words of several lines that must stay readable, such as where everything is. */
  note(text: string): void
  armEnded(result: ArmResult, ref: ArmRef): void
  scenarioEnded(result: ScenarioResult): void
  /** Resolves when everything that is written at the end is written; rejects when something of it could not be. */
  runEnded(result: RunResult, dir: string): void | Promise<void>
}
