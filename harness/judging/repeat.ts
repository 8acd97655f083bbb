import type { ArmResult } from '../model/result.ts'

/** An arm is void for what the machine did, not for what the scenario is: a second run may well be sound. */
export function repeatMayHelp(arm: ArmResult): boolean {
  return arm.ending === 'finished' && arm.voids.length > 0
}
