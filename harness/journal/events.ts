import type { PhaseName } from '../model/acts.ts'
import type { Arm } from '../model/arms.ts'
import type { GeneratorFigures } from '../model/load.ts'
import type { Plan } from '../model/plan.ts'
import type { Bite, Carried, Direction, ToxicTotals, WitnessKind } from '../model/toxics.ts'

/**
 * The journal: one JSON object a line, appended as things happen, enough to judge a run from. `at` is epoch ms with
 * fractions. Events of one arm stand between its `arm.started` and `arm.ended`; where arms run side by side, `arm.turn` says
 * whose lines follow.
 */
export type JournalEvent =
  | {
      kind: 'run.started'
      at: number
      version: number
      run: string
      seed: string
      project: string
      node: string
      host: { platform: string; cpus: number; memoryMiB: number }
      runtime: string
      driver: string
      toxiproxy: string
      /** How many arms run side by side; absent: one. */
      parallel?: number
      /** What was asked for, in its order; absent in older journals. */
      planned?: { scenario: string; arms: Arm[] }[]
    }
  | { kind: 'scenario.started'; at: number; plan: Plan }
  | {
      kind: 'arm.started'
      at: number
      scenario: string
      arm: Arm
      measures: string[]
      faults: boolean
      /** Why the arm is run once more, in words; absent the first time. */
      because?: string
      /** Deliberate defects that are on. */
      sabotages?: string[]
    }
  /** The lines that follow, up to the next of its kind, belong to this arm. */
  | { kind: 'arm.turn'; at: number; scenario: string; arm: Arm }
  /** A line of the file that is no event, as the reader tells it; it is never written. Arms under way are void. */
  | { kind: 'journal.damaged'; at: number; line: number }
  | { kind: 'arm.ready'; at: number; tookMs: number }
  | { kind: 'phase.started'; at: number; phase: PhaseName; plannedAt: number }
  | {
      kind: 'phase.ended'
      at: number
      phase: PhaseName
      /** Share of the host's CPU time in use in the phase, 0 to 1, whoever used it; older journals have it instead. */
      hostBusy?: number
    }
  /**
   * How long the threads of this arm's system and load had a CPU in the phase, and how long they waited for one, ms;
   * absent where the platform does not tell.
   */
  | { kind: 'cpu'; at: number; phase: PhaseName; ranMs: number; waitedMs: number }
  /** The harness itself did nothing for so long: it was stopped, starved, or the machine slept. */
  | { kind: 'harness.stood-still'; at: number; forMs: number }
  | { kind: 'fault.injected'; at: number; fault: string; plannedAt: number }
  | {
      kind: 'fault.probed'
      at: number
      fault: string
      when: 'before' | 'during' | 'after'
      bites: boolean | null
      said: string
      /** Where the probe's connections came from, address and port. */
      clients?: readonly string[]
    }
  | { kind: 'fault.reverted'; at: number; fault: string; plannedAt: number | null }
  /** What this arm's Toxiproxy can say itself of what its toxics do. */
  | { kind: 'witness.began'; at: number; witness: WitnessKind }
  /** A fault's toxic showed itself on one connection for the first time. */
  | {
      kind: 'toxic.bit'
      at: number
      fault: string
      toxic: string
      connection: string
      client: string
      how: Bite
    }
  /** A fault's toxic is gone, and this is all that it did. */
  | { kind: 'toxic.removed'; at: number; fault: string; toxic: string; totals: ToxicTotals }
  /** Bites or totals that were not heard; null: nobody knows how many. */
  | { kind: 'witness.missed'; at: number; events: number | null }
  /** What a faulted link had carried in all, of connections that were over: before the faults and after them. */
  | {
      kind: 'link.carried'
      at: number
      link: string
      when: 'before' | 'after'
      streams: Readonly<Record<Direction, Carried>>
    }
  | {
      kind: 'observation'
      at: number
      journey: string
      stream: string
      n: number
      due: number
      lagMs: number
      tookMs: number
      outcome: string
      /** What the user took home, by the name of its record. */
      took?: string
      ok: boolean
      steps: Record<string, number>
    }
  | { kind: 'generator'; at: number; final: boolean; figures: GeneratorFigures }
  | { kind: 'system'; at: number; service: string; event: string; facts: Record<string, unknown> }
  | {
      kind: 'invariant'
      at: number
      name: string
      checked: number
      violations: number
      examples: string[]
      said: string
      /** Names of the records that were looked at, where the reader tells them. */
      ids?: string[]
    }
  | {
      kind: 'service.died'
      at: number
      service: string
      code: number | null
      signal: string | null
      log: string
    }
  | {
      kind: 'arm.ended'
      at: number
      outcome: 'finished' | 'interrupted' | 'failed'
      error?: string
      lookAt?: string[]
      tookMs: number
      plannedMs: number
    }
  | { kind: 'run.ended'; at: number; outcome: 'finished' | 'interrupted' | 'failed' }

/**
 * A new kind of event that may be skipped does not raise it; a change of what a known one means does. 2: arms may be
 * written side by side (`arm.turn`), checks have ids and other roles.
 */
export const journalVersion = 2

/** An event of one kind. */
export type EventOf<K extends JournalEvent['kind']> = Extract<JournalEvent, { kind: K }>
