import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /**
   * How long after the order a moved tender closes, in ms. † ours: half an hour, scaled by 413 as the replay of
   * 23 November is; the 1,600 bids of that morning were given until the afternoon.
   */
  extendMs: z.number().int().min(100).max(86_400_000).default(4_000),
})

export type DeadlineExtensionParameters = z.output<typeof parameters>

/**
 * Closing times that fell into an outage are moved (T11; S1 tells of payment deadlines): once for each outage, by an order
 * that two duty officers sign, and only where the system was measured to be unavailable, from outside and by itself.
 */
export const deadlineExtension: Measure<typeof parameters> = {
  name: 'deadline-extension',
  title:
    'tenders that were due while bidders could not hand in get a new closing time, once, by a signed order',
  parameters,
}
