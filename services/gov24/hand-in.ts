import { z } from 'zod'
import { answered } from '../common/answered.ts'
import { type Budget, createBudget } from '../common/budget.ts'
import { type Downstream, DownstreamError } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import type { PortalFirstParameters } from '../measures/portal-first.ts'
import type { Asked, KeptApplication, Outbox } from './outbox.ts'

/** What the citizen takes home of an application. */
export interface Received {
  readonly number: string
  /** ISO 8601 */
  readonly receivedAt: string
}

/** Saeol's side of an application. */
export interface HandIn {
  /**
   * @returns `status` 201, or 200 where it had been received before
   * @throws Problem, DownstreamError when nobody received it
   */
  receive(asked: Asked, key: string, limit: Budget): Promise<{ status: number; received: Received }>
}

const application = z.looseObject({ number: z.string(), receivedAt: z.string() })

/** @param token what the portal shows Saeol */
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

/**
 * With `portal-first`: few wait for Saeol, and not for long; whatever it does not receive the portal keeps.
 * @param options.isUp whether Saeol is known to answer well
 */
export function handInOrKeep(options: {
  readonly saeol: SaeolDesk
  readonly outbox: Outbox
  readonly settings: PortalFirstParameters
  readonly isUp: () => boolean
}): HandIn {
  const { saeol, outbox, settings, isUp } = options
  let waiting = 0

  async function bySaeol(asked: Asked, key: string, limit: Budget) {
    if (!isUp() || waiting >= settings.waiting) return undefined
    waiting += 1
    try {
      const totalMs = Math.min(settings.waitMs, limit.remainingMs() ?? settings.waitMs)
      return await saeol.receive(
        asked,
        key,
        createBudget({ totalMs, ...(limit.signal && { signal: limit.signal }) }),
      )
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      return undefined
    } finally {
      waiting -= 1
    }
  }

  return {
    async receive(asked, key, limit) {
      const earlier = outbox.find(key)
      const bySaeolItself = earlier === undefined ? await bySaeol(asked, key, limit) : undefined
      if (bySaeolItself !== undefined) return bySaeolItself
      const { number, receivedOn } = await outbox.keep(asked, key)
      return {
        status: earlier === undefined ? 201 : 200,
        received: { number, receivedAt: receivedOn },
      }
    },
  }
}

/** Saeol did not answer, or said that it cannot now. What it refuses is refused. */
export function isOutOfReach(error: unknown): boolean {
  if (error instanceof Problem) return error.status >= 500
  return error instanceof DownstreamError && error.kind !== 'abandoned'
}
