import { Router } from 'express'
import { z } from 'zod'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { Register } from '../../enrolment/register.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'
import { approvalsSchema, verifyApprovals } from './approvals.ts'
import type { DutyDoor } from './duty-door.ts'
import type { Fallback, FallbackDeps } from './fallback.ts'
import { scopeSchema, type VantagePoint, vantagePointSchema } from './openings.ts'
import type { OwnLook } from './own-look.ts'

const openingBody = z.strictObject({
  scope: scopeSchema,
  /** Epoch ms. */
  expiresAt: z.number().int().min(0),
  reason: z.string().min(1).max(500),
  vantagePoints: z.array(vantagePointSchema).max(10),
  /** Never used before. */
  nonce: z.string().min(16).max(100),
  approvals: approvalsSchema,
})

const closingBody = z.strictObject({
  opening: z.string().regex(/^\d{1,18}$/),
  reason: z.string().min(1).max(500),
  approvals: approvalsSchema,
})

/** Milliseconds a vantage point's clock may be ahead of ours. */
const clockSkewMs = 5_000

/**
 * `POST /fallback/open` · `POST /fallback/close` · `GET /fallback`. Put behind no worker slot: when every worker
 * waits for GPKI, this is what must still get through.
 *
 * Two duty officers sign `{action: 'open-fallback', scope, expiresAt, reason, vantagePoints, nonce}`. One is
 * enough to close: `{action: 'close-fallback', opening, reason}`.
 */
export function fallbackRouter(
  deps: FallbackDeps & {
    readonly fallback: Fallback
    readonly register: Pick<Register, 'dutyOfficers'>
    readonly ownLook: Pick<OwnLook, 'sawFault'>
    readonly dutyDoor: Pick<DutyDoor, 'refused'>
  },
): Router {
  const { fallback, ownLook, dutyDoor, log, now, sabotaged } = deps
  const { dutyOfficers } = deps.register
  const router = Router()

  function measure(): PasswordFallbackParameters {
    const settings = deps.config.measures.passwordFallback
    if (settings === undefined) throw new Problem(403, 'no-fallback', 'this Saeol has no password login')
    return settings
  }

  /** @param officers whose signatures are right */
  async function refuse(
    officers: readonly string[],
    [status, code, reason]: readonly [number, string, string],
  ): Promise<never> {
    log.warn({ event: 'fallback.refused', code }, reason)
    await dutyDoor.refused('fallback.refused', { code, reason }, officers)
    throw new Problem(status, code, reason)
  }

  router.post('/fallback/open', async (request, response) => {
    const settings = measure()
    const { approvals, ...asked } = parseBody(openingBody, request)
    const subject = { action: 'open-fallback', ...asked }
    const verdict = verifyApprovals({ dutyOfficers, subject, approvals, sabotaged })
    if (!verdict.ok) return refuse(verdict.officers, [403, 'not-approved', verdict.problem])
    const leftMs = asked.expiresAt - now()
    const isTooLong = leftMs > settings.maxOpenForMs && !sabotaged('open-for-days')
    if (leftMs <= 0 || isTooLong) {
      return refuse(verdict.officers, [
        422,
        'bad-expiry',
        `it must expire within ${settings.maxOpenForMs} ms from now`,
      ])
    }
    const lacking = lackingEvidence(asked.vantagePoints, settings, now(), sabotaged)
    if (lacking !== undefined) return refuse(verdict.officers, [422, 'not-enough-evidence', lacking])
    // The room's own point is its word; what is said to be seen from here, Saeol knows itself.
    const isSaidOfUs = asked.vantagePoints.some(({ name }) => name === 'saeol')
    if (isSaidOfUs && !ownLook.sawFault(settings) && !sabotaged('believes-vantage-points')) {
      return refuse(verdict.officers, [
        422,
        'not-seen-from-here',
        'Saeol’s own checks of GPKI do not show this fault',
      ])
    }
    const { expiresAt, ...rest } = asked
    const result = await fallback.open({
      ...rest,
      expiresAt: new Date(expiresAt),
      officers: verdict.officers,
    })
    switch (result.outcome) {
      case 'opened':
        response.status(201).json(result.opening)
        return
      case 'already-open':
        return refuse(verdict.officers, [409, 'already-open', 'it is open already; close it first'])
      case 'nonce-used':
        return refuse(verdict.officers, [409, 'nonce-used', 'this opening was used before; sign a new one'])
    }
  })

  router.post('/fallback/close', async (request, response) => {
    measure()
    const { approvals, ...asked } = parseBody(closingBody, request)
    const subject = { action: 'close-fallback', ...asked }
    const verdict = verifyApprovals({ dutyOfficers, subject, approvals, required: 1 })
    if (!verdict.ok) return refuse(verdict.officers, [403, 'not-approved', verdict.problem])
    response.json(await fallback.close(asked.opening, asked.reason, verdict.officers))
  })

  router.get('/fallback', async (_request, response) => {
    const opening = await fallback.inForce()
    response.json(opening === undefined ? { state: 'closed' } : { state: 'open', opening })
  })
  return router
}

/** Why these observations are not enough; undefined when they are. */
function lackingEvidence(
  points: readonly VantagePoint[],
  settings: PasswordFallbackParameters,
  nowMs: number,
  sabotaged: Sabotaged,
): string | undefined {
  const fresh = points.filter(
    ({ observedAt }) =>
      (nowMs - observedAt <= settings.evidenceMaxAgeMs || sabotaged('old-evidence')) &&
      observedAt <= nowMs + clockSkewMs,
  )
  const independent = new Set(
    fresh.filter(({ failures }) => failures >= settings.consecutiveRed).map(({ name }) => name),
  )
  const needed = sabotaged('one-vantage-point') ? 1 : settings.vantagePoints
  return independent.size >= needed
    ? undefined
    : `${needed} independent vantage points must have seen the fault, but ${independent.size} did`
}
