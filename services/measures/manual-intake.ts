import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * How long a visitor's certificate may take before a receipt is written instead, in ms. † ours: the visitor
   * is answered within the 2 s that users of the replay wait.
   */
  budgetMs: z.number().int().min(10).max(60_000).default(1_200),
  /**
   * Attempts a second to enter receipts, all clerks of the centre together. † ours: with two clerks at each
   * receipt that is 20 receipts a second, 40 × 40 ms = 1.6 of Saeol's 20 slots, so that live work goes on.
   */
  entriesPerS: z.number().min(0.1).max(10_000).default(40),
  /**
   * Receipts that a clerk has under way at once. † ours: one, as it is typed; more where a pile is read in by machine.
   */
  entriesAtOnce: z.number().int().min(1).max(100).default(1),
  /** Longest pause between attempts while Saeol does not serve, in ms. † ours. */
  longestPauseMs: z.number().int().min(10).max(600_000).default(1_000),
  /**
   * How long a receipt outside every declared window is tried again, in ms, before it is rejected with that
   * reason: windows are declared after the first receipts, and for the centre's own troubles when it has reported
   * them. † ours: ten minutes, no replay outlives it.
   */
  windowPatienceMs: z.number().int().min(0).max(86_400_000).default(600_000),
})

export type ManualIntakeParameters = z.output<typeof parameters>

/** 수기 접수 (S0 S4): when Saeol cannot serve, the visitor leaves with a numbered receipt that is entered later. */
export const manualIntake: Measure<typeof parameters> = {
  name: 'manual-intake',
  title: 'visitors whom Saeol cannot serve get a numbered receipt, entered later under its own date',
  parameters,
}
