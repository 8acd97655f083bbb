import type { Arm } from '../model/arms.ts'
import type { JournalEvent } from './events.ts'

/** One time that an arm was run. */
export interface Turn {
  readonly scenario: string
  readonly arm: Arm
  /** From 1. */
  readonly attempt: number
}

/**
 * Tells whose lines a journal's are, as it is read: `of(event)` for each event in turn. It is the same object for all
 * lines of one attempt, and null for lines of the run.
 * @example
 * const turns = turnsOf()
 * await readJournal(path, (event) => note(turns.of(event), event))
 */
export function turnsOf(): { of(event: JournalEvent): Turn | null } {
  const last = new Map<string, Turn>()
  let current: Turn | null = null
  return {
    of(event) {
      switch (event.kind) {
        case 'run.started':
        case 'scenario.started':
        case 'run.ended':
          return null
        case 'arm.turn':
          current = last.get(keyOf(event)) ?? null
          return current
        case 'arm.started': {
          const attempt = (last.get(keyOf(event))?.attempt ?? 0) + 1
          current = { scenario: event.scenario, arm: event.arm, attempt }
          last.set(keyOf(event), current)
          return current
        }
        default:
          return current
      }
    },
  }
}

function keyOf({ scenario, arm }: { readonly scenario: string; readonly arm: Arm }): string {
  return JSON.stringify([scenario, arm])
}
