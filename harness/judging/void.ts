import type { Void } from '../model/result.ts'

/** Caused by the machine or by chance: a second run may be free of it. */
export function passing(kind: Void['kind'], said: string): Void {
  return { kind, said, repeatHelps: true }
}

/** Caused by the scenario, the system or the setup: a second run has it too. */
export function lasting(kind: Void['kind'], said: string): Void {
  return { kind, said, repeatHelps: false }
}
