import type { PhaseName } from '../../model/acts.ts'
import type { Arm } from '../../model/arms.ts'
import type { ArmProgress, Happening } from './arm-progress.ts'

/** How a running arm is shown, while it runs. */
export interface Watch {
  /** `progress` may be read at any time until the arm has ended. */
  armStarted(start: {
    arm: Arm
    /** `arm 2 of 3, scenario 1 of 2`. */
    place: string
    measures: readonly string[]
    faults: boolean
    progress: () => ArmProgress
  }): void
  armReady(tookMs: number): void
  phaseStarted(phase: PhaseName, ms: number | null): void
  happened(happening: Happening): void
  busy(message: string): void
  /** Nothing more is shown of it; also called where no arm runs. */
  armEnded(): void
}
