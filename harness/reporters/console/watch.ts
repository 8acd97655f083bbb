import type { ArmProgress, Happening } from './arm-progress.ts'

/** An arm that begins to be shown. */
export interface ArmStart {
  /** Unlike that of any arm beside it: `17-nov-gpki-stall treated`. */
  readonly name: string
  /** `arm 2 of 3, scenario 1 of 2`. */
  readonly place: string
  readonly measures: readonly string[]
  readonly faults: boolean
  /** May be read at any time until the arm has ended. */
  readonly progress: () => ArmProgress
}

/** How one arm is shown while it runs; others may run beside it. */
export interface ArmWatch {
  ready(tookMs: number): void
  actStarted(act: string, ms: number | null): void
  happened(happening: Happening): void
  busy(message: string): void
  /** Nothing more is shown of it. */
  ended(): void
}

/** How running arms are shown. */
export interface Watch {
  armStarted(start: ArmStart): ArmWatch
  /** Makes room for lines that are to stay; called before they are written. */
  makeRoom(): void
  /** Nothing more is shown of any arm. */
  stop(): void
}
