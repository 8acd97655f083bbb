import { z } from 'zod'
import type { Measure } from './measure.ts'

const parameters = z.strictObject({
  /** How often an answer is made before the citizen is refused, the first time included. † ours: more would crowd. */
  attempts: z.number().int().min(1).max(10).default(3),
})

export type CheckBeforeIssueParameters = z.output<typeof parameters>

/**
 * The last look before a document leaves: it is about whoever asked, or it is made anew; what stays wrong is refused. In
 * April 2024 nobody looked, and 646 documents went to the wrong person (F15).
 */
export const checkBeforeIssue: Measure<typeof parameters> = {
  name: 'check-before-issue',
  title: 'a document leaves only if it is about whoever asked; else it is made anew, or refused',
  parameters,
}
