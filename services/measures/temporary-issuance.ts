import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** How long a temporary ID counts, in ms. † ours: ten minutes, a scaled night and more. */
  expiresInMs: z.number().int().min(1_000).max(86_400_000).default(600_000),
  /** How many become final per second, behind live work. † ours. */
  finalisedPerS: z.number().min(0.1).max(10_000).default(100),
  /** Longest pause after the storage did not take one, in ms; it doubles until then. † ours. */
  longestPauseMs: z.number().int().min(1).max(600_000).default(250),
})

export type TemporaryIssuanceParameters = z.output<typeof parameters>

/**
 * Temporary issuance (임시발급, S2 S4): who is who they say leaves with a document that is marked, has a number of its own
 * and ends soon. Each becomes a final one, or is revoked (ledger invariant 8).
 */
export const temporaryIssuance: Measure<typeof parameters> = {
  name: 'temporary-issuance',
  title:
    'what cannot be issued for good is issued as temporary, marked, for a short time, and made final later',
  parameters,
}
