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
      /** The scenarios and arms of the run, in their order; absent in older journals. */
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
  /** Made by the reader for a line that is not an event; never written to the file. Voids the arms under way. */
  | { kind: 'journal.damaged'; at: number; line: number }
  | { kind: 'arm.ready'; at: number; tookMs: number }
  | { kind: 'act.started'; at: number; act: string; plannedAt: number }
  | {
      kind: 'act.ended'
      at: number
      act: string
      /** Only in older journals: share of the host's CPU time that was in use in the act, by any process, 0 to 1. */
      hostBusy?: number
    }
  /**
   * How long the threads of this arm's system and load had a CPU in the act, and how long they waited for one, ms;
   * absent where the platform does not tell.
   */
  | { kind: 'cpu'; at: number; act: string; ranMs: number; waitedMs: number }
  /** The harness did nothing for this long, ms: it was stopped, got no CPU, or the machine slept. */
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
  /** An operator did something; `plannedAt` counts from what had to happen first, where it waited for that. */
  | { kind: 'action.done'; at: number; action: string; plannedAt: number; tookMs: number }
  /** Whether it was seen to have worked. */
  | { kind: 'action.seen'; at: number; action: string; seen: boolean; said: string }
  | { kind: 'action.failed'; at: number; action: string; said: string }
  /** What it waited for never came. */
  | { kind: 'action.not-due'; at: number; action: string; said: string }
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
  /** Events of Toxiproxy that did not arrive; null: their number is not known. */
  | { kind: 'witness.missed'; at: number; events: number | null }
  /** Bytes that a link with a fault had carried, on closed connections: read before the faults and after them. */
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
      /** What the teardown left, and could not help, in words. */
      left?: string[]
      tookMs: number
      plannedMs: number
    }
  | { kind: 'run.ended'; at: number; outcome: 'finished' | 'interrupted' | 'failed' }

/**
 * It rises when a known event changes its meaning, not for a new event that old readers may skip. 2: arms are written
 * side by side (`arm.turn`); checks have ids and other roles. 3: what was a phase is an act, and a plan has a list of them.
 * 4: faults' times count from the arm's start, not from that of its second act.
 */
export const journalVersion = 5

/** An event of one kind. */
export type EventOf<K extends JournalEvent['kind']> = Extract<JournalEvent, { kind: K }>
