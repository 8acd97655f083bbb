import type { Arm } from '../experiment/arms.ts'
import type { Plan } from '../experiment/plan.ts'
import type { GeneratorFigures } from '../load/load.ts'

/**
 * The journal: one JSON object a line, appended as things happen, enough to judge a run from. `at` is epoch ms with
 * fractions. Events of one arm stand between its `arm.started` and `arm.ended`.
 */
export type JournalEvent =
  | {
      kind: 'run.started'
      at: number
      version: typeof journalVersion
      run: string
      seed: string
      project: string
      node: string
      host: { platform: string; cpus: number; memoryMiB: number }
      runtime: string
      driver: string
      toxiproxy: string
    }
  | { kind: 'scenario.started'; at: number; plan: Plan }
  | { kind: 'arm.started'; at: number; scenario: string; arm: Arm; measures: string[]; faults: boolean }
  | { kind: 'arm.ready'; at: number; tookMs: number }
  | { kind: 'phase.started'; at: number; phase: PhaseName; plannedAt: number }
  | { kind: 'phase.ended'; at: number; phase: PhaseName }
  | { kind: 'fault.injected'; at: number; fault: string; plannedAt: number }
  | {
      kind: 'fault.probed'
      at: number
      fault: string
      when: 'before' | 'during' | 'after'
      bites: boolean | null
      said: string
    }
  | { kind: 'fault.reverted'; at: number; fault: string; plannedAt: number | null }
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

export const journalVersion = 1

export type PhaseName = 'baseline' | 'fault' | 'recovery'
export const phaseNames: readonly PhaseName[] = ['baseline', 'fault', 'recovery']

/** An event of one kind. */
export type EventOf<K extends JournalEvent['kind']> = Extract<JournalEvent, { kind: K }>
