import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** Whoever is refused is told to come back after so long at most, in seconds. † ours: a session's length. */
  retryAtMostS: z.number().int().min(1).max(86_400).default(10),
})

export type SessionAdmissionParameters = z.output<typeof parameters>

/**
 * A full session store refuses new sessions, and says when there will be room; those that are at work stay (F6). Without
 * it the store makes room as a cache does: whoever logged in longest ago is out.
 */
export const sessionAdmission: Measure<typeof parameters> = {
  name: 'session-admission',
  title: 'a full session store refuses new sessions, says when to come back, and keeps the living',
  parameters,
}
