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
 * lines of one attempt, and null for lines of the run. Of an arm whose beginning is not there, as its line was damaged, it
 * is the first attempt.
 * @example
 * const turns = turnsOf()
 * await readJournal(path, (event) => note(turns.of(event), event))
 */
export function turnsOf(): { of(event: JournalEvent): Turn | null } {
  const last = new Map<string, Turn>()
  const begun = new Map<string, number>()
  let current: Turn | null = null
  const take = (arm: Pick<Turn, 'scenario' | 'arm'>, attempt: number): Turn => {
    const turn = { scenario: arm.scenario, arm: arm.arm, attempt }
    last.set(keyOf(arm), turn)
    return turn
  }
  return {
    of(event) {
      switch (event.kind) {
        case 'run.started':
        case 'scenario.started':
        case 'run.ended':
          return null
        case 'arm.turn':
          current = last.get(keyOf(event)) ?? take(event, 1)
          return current
        case 'arm.started': {
          const attempt = (begun.get(keyOf(event)) ?? 0) + 1
          begun.set(keyOf(event), attempt)
          current = take(event, attempt)
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
