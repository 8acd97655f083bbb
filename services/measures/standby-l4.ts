import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Calls in a row that find the switch gone before the other one is taken. † ours: one loss is no outage. */
  failures: z.number().int().min(1).max(100).default(2),
  /** Least time between two changes, in ms: with both gone, nobody runs from one to the other. † ours: a minute, scaled. */
  holdMs: z.number().int().min(0).max(600_000).default(1_000),
})

export type StandbyL4Parameters = z.output<typeof parameters>

/**
 * A second L4 switch in front of GPKI, which takes over when the first is gone (T3, F2; S4 tells of a switch that was
 * replaced). Nobody goes back to a switch that failed while the other one works: one that flaps comes back often.
 */
export const standbyL4: Measure<typeof parameters> = {
  name: 'standby-l4',
  title: 'a second L4 switch takes over when the first one refuses or resets connections',
  parameters,
}
