import type { EventOf } from '../journal/events.ts'
import type { ActionEvent } from '../journal/record.ts'
import type { Arm } from '../model/arms.ts'
import type { LiveTick } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'

/** The arm that a call is about; several may run side by side. */
export interface ArmRef {
  readonly scenario: string
  readonly arm: Arm
}

/** What a run reports, as it happens and at its end. A listener cannot change the run; `runEnded` may write files. */
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
  actStarted(event: EventOf<'act.started'>, ref: ArmRef): void
  faultInjected(event: EventOf<'fault.injected'>, ref: ArmRef): void
  faultProbed(event: EventOf<'fault.probed'>, ref: ArmRef): void
  faultReverted(event: EventOf<'fault.reverted'>, ref: ArmRef): void
  operatorActed(event: ActionEvent, ref: ArmRef): void
  systemEvent(event: EventOf<'system'>, ref: ArmRef): void
  tick(tick: LiveTick, ref: ArmRef): void
  /** Slow work outside the acts: services start, the ledgers are read, the network comes down. */
  progress(message: string, ref: ArmRef): void
  /** Text of several lines that must stay on the screen, such as the addresses of the services. */
  note(text: string): void
  armEnded(result: ArmResult, ref: ArmRef): void
  scenarioEnded(result: ScenarioResult): void
  /** Resolves when all files are written; rejects if one could not be. */
  runEnded(result: RunResult, dir: string): void | Promise<void>
}
