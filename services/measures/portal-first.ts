import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Applications that may wait for Saeol at once: what they wait with is not there for the others. † ours: a quarter of the portal's slots. */
  waiting: z.number().int().min(0).max(10_000).default(12),
  /** How long one waits for Saeol before the portal keeps it, in ms. † ours: ten times what Saeol takes. */
  waitMs: z.number().int().min(1).max(60_000).default(400),
  /** How many of those that were kept are handed in per second, behind live work. † ours. */
  handInsPerS: z.number().min(0.1).max(10_000).default(150),
  /** Longest pause after Saeol did not take one, in ms. † ours: short, for it is not asked while it is known to be out. */
  longestPauseMs: z.number().int().min(1).max(600_000).default(250),
})

export type PortalFirstParameters = z.output<typeof parameters>

/**
 * The portal came back before Saeol (S1, T6). It serves citizens without Saeol: what needs the register alone is given at
 * once, what Saeol must have is kept with its day and handed in later, and few wait for Saeol at a time.
 */
export const portalFirst: Measure<typeof parameters> = {
  name: 'portal-first',
  title: 'Government24 serves citizens without Saeol, keeps what they hand in, and hands it on later',
  parameters,
}
