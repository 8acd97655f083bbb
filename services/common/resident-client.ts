import { z } from 'zod'
import { answered } from './answered.ts'
import type { Budget } from './budget.ts'
import type { Downstream } from './downstream.ts'
import { Problem } from './problem.ts'
import { onBehalfOf } from './requester.ts'

const subject = z.looseObject({ id: z.string() })

/** The register's entry of a resident, as a document shows it. */
export type Entry = z.output<typeof subject>

/** The resident register, asked in the name of a citizen. */
export interface ResidentClient {
  /** @throws Problem 422 nobody of that id · 502 the answer is about another · 503 no answer now; DownstreamError */
  lookUp(residentId: string, requester: string, limit: Budget): Promise<Entry>
}

/** @param token what this system shows the register */
export function createResidentClient(resident: Downstream, token: string): ResidentClient {
  const headers = { authorization: `Bearer ${token}` }
  return {
    async lookUp(residentId, requester, limit) {
      const path = `/residents/${encodeURIComponent(residentId)}`
      const asked = { method: 'GET', path, headers: { ...headers, ...onBehalfOf(requester) } } as const
      const answer = await resident.call(asked, limit)
      if (answer.status === 404)
        throw new Problem(422, 'unknown-resident', `nobody is registered as ${residentId}`)
      const about = answered('resident', answer, subject)
      // Another person's data must never reach this one: it did in April 2024 (F15).
      if (about.id !== residentId)
        throw new Problem(502, 'wrong-subject', 'the register answered about another')
      return about
    },
  }
}
