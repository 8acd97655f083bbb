import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Pause before what is missing of a document is sent, in ms. † ours. */
  retryMs: z.number().int().min(1).max(60_000).default(20),
  /** Longest pause after the other exchange did not answer, in ms; it doubles until then. † ours. */
  longestPauseMs: z.number().int().min(1).max(600_000).default(1_000),
})

export type VerifiedExchangeParameters = z.output<typeof parameters>

/**
 * A document is acknowledged once it is whole: its length and its SHA-256 are those that the sender signed. What is missing
 * is sent from where it broke off (F11).
 */
export const verifiedExchange: Measure<typeof parameters> = {
  name: 'verified-exchange',
  title:
    'a document is acknowledged only if length, digest and the sender’s signature fit; the rest is sent again',
  parameters,
}
