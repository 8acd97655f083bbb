import type { EventOf } from '../journal/events.ts'
import type { Arm } from '../model/arms.ts'
import type { LiveTick } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { ArmResult, RunResult, ScenarioResult } from '../model/result.ts'

/** What a run tells while it goes on, and at its end. None of it changes the run; `runEnded` may write files. */
export interface Report {
  runStarted(run: {
    id: string
    dir: string
    seed: string
    plans: readonly Plan[]
    arms: readonly Arm[]
    runtime: string
    driver: string
    toxiproxy: string
  }): void
  armStarted(arm: { plan: Plan; arm: Arm; measures: readonly string[]; faults: boolean }): void
  armReady(ready: { tookMs: number }): void
  phaseStarted(event: EventOf<'phase.started'>): void
  faultInjected(event: EventOf<'fault.injected'>): void
  faultProbed(event: EventOf<'fault.probed'>): void
  faultReverted(event: EventOf<'fault.reverted'>): void
  systemEvent(event: EventOf<'system'>): void
  tick(tick: LiveTick): void
  /** The load has ended and the ledgers are being read, or the network is coming down: long work worth a word. */
  progress(message: string): void
  /** Words of several lines that must stay readable, such as where everything is. */
  note(text: string): void
  armEnded(result: ArmResult): void
  scenarioEnded(result: ScenarioResult): void
  /** Resolves when everything that is written at the end is written; rejects when something of it could not be. */
  runEnded(result: RunResult, dir: string): void | Promise<void>
}
