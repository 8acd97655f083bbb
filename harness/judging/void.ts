import type { Void } from '../model/result.ts'

/** It comes of the machine or of chance: a second run may be without it. */
export function passing(kind: Void['kind'], said: string): Void {
  return { kind, said, repeatHelps: true }
}

/** It comes of the scenario, the system or the setup: a second run has it too. */
export function lasting(kind: Void['kind'], said: string): Void {
  return { kind, said, repeatHelps: false }
}
