import { z } from 'zod'
import { answered } from '../common/answered.ts'
import type { Budget } from '../common/budget.ts'
import { type Downstream, DownstreamError } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import type { Asked, KeptApplication } from './outbox.ts'

/** What the citizen takes home of an application. */
export interface Received {
  readonly number: string
  /** ISO 8601 */
  readonly receivedAt: string
}

const application = z.looseObject({ number: z.string(), receivedAt: z.string() })

/** Where Saeol takes applications. @param token what the portal shows it */
export function createSaeolDesk(saeol: Downstream, token: string) {
  async function ask(body: object, key: string, limit: Budget) {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': key }
    const answer = await saeol.call({ method: 'POST', path: '/applications', headers, body }, limit)
    const { number, receivedAt } = answered('saeol', answer, application)
    return { status: answer.status, received: { number, receivedAt } }
  }
  return {
    receive: ({ serviceId, residentId }: Asked, key: string, limit: Budget) =>
      ask({ serviceId, residentId }, key, limit),
    /** What the portal received in its place, with its number and its day. */
    receiveLater: (
      { serviceId, residentId, number, receivedOn }: KeptApplication,
      key: string,
      limit: Budget,
    ) => ask({ serviceId, residentId, kept: { number, receivedOn } }, key, limit),
  }
}

export type SaeolDesk = ReturnType<typeof createSaeolDesk>

/** Saeol did not answer, or said that it cannot now. What it refuses is refused. */
export function isOutOfReach(error: unknown): boolean {
  if (error instanceof Problem) return error.status >= 500
  return error instanceof DownstreamError && error.kind !== 'abandoned'
}
