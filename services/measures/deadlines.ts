import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * Longest wait for one downstream call, in ms. † ours: five times the slowest healthy hop of the network
   * (GPKI, about 150 ms under load), so that a healthy hop is never cut and a stalled one is told soon.
   */
  hopMs: z.number().int().min(10).max(60_000).default(800),
  /**
   * The whole budget of a request, in ms, unless its caller has less left. † ours: an honest error within the three
   * seconds asked of F1, with room for the way back.
   */
  budgetMs: z.number().int().min(10).max(60_000).default(2_500),
})

export type DeadlineParameters = z.output<typeof parameters>

/**
 * Each request carries what is left of its time (header X-Deadline-Ms); no hop waits longer than that, and
 * work whose time is up, or whose caller has gone, is dropped instead of done for nobody.
 */
export const deadlines: Measure<typeof parameters> = {
  name: 'deadlines',
  title: 'every hop has a deadline; expired and abandoned work is dropped',
  parameters,
}
