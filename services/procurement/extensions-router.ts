import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { atMost } from '../common/at-most.ts'
import type { Log } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { showsToken } from '../common/require-token.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { ProcurementOffice } from '../enrolment/procurement.ts'
import type { DeadlineExtensionParameters } from '../measures/deadline-extension.ts'
import { approvalsSchema, verifyApprovals } from '../saeol/fallback/approvals.ts'
import { type ExtensionOrder, type Extensions, extendedSystem, extensionSubject } from './extensions.ts'
import type { OwnLook } from './own-look.ts'

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const orderBody = z
  .strictObject({
    system: z.literal(extendedSystem),
    from: moment,
    to: moment,
    closesAt: moment,
    approvals: approvalsSchema,
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' })
  .refine(({ to, closesAt }) => to < closesAt, { path: ['closesAt'], message: 'must be after to' })

/** Longest order, in bytes, and tries in a second by all who do not show the situation room's token. † ours. */
const largestBytes = 4_096
const strangers = { requests: 10, inMs: 1_000 }

/** Signatures cost CPU to look at: who has none to show for it is limited, before the body is read. */
export function extensionsGuard(parts: { readonly roomToken: string; readonly now: () => number }): Router {
  const limit = atMost({ ...strangers, now: parts.now })
  const guard: RequestHandler = (request, response, next) => {
    const bytes = Number(request.get('Content-Length') ?? Number.NaN)
    if (!(bytes <= largestBytes)) {
      throw new Problem(413, 'too-large', `say its length, and no more than ${largestBytes} bytes`)
    }
    if (showsToken(request, parts.roomToken)) next()
    else limit(request, response, next)
  }
  return Router().post('/extension-orders', guard)
}

/**
 * `POST /extension-orders`: two duty officers move the closing times that fell into an outage, by signing
 * `extensionSubject`. Needs no worker, as it is asked for when there are none. `GET` publishes them.
 */
export function extensionsRouter(parts: {
  /** Undefined: there is no such thing as an order. */
  readonly settings: DeadlineExtensionParameters | undefined
  readonly dutyOfficers: ProcurementOffice['dutyOfficers']
  readonly extensions: Extensions
  readonly ownLook: Pick<OwnLook, 'wasOut'>
  readonly sabotaged: Sabotaged
  readonly log: Log
  /** Epoch ms. */
  readonly now: () => number
}): Router {
  const { settings, dutyOfficers, extensions, ownLook, sabotaged, log, now } = parts
  const router = Router()

  /** @throws Problem 422 */
  async function mustBeDue({ from, to, closesAt }: ExtensionOrder): Promise<void> {
    if (to.getTime() > now()) {
      throw new Problem(422, 'in-the-future', 'closing times are moved once the outage is over')
    }
    if (closesAt.getTime() <= now()) {
      throw new Problem(422, 'too-soon', 'the new closing time must lie ahead')
    }
    if (!(await ownLook.wasOut(from, to)) && !sabotaged('extends-unmeasured')) {
      throw new Problem(422, 'not-measured', 'bidders were served then, as it was measured here')
    }
  }

  router.post('/extension-orders', async (request, response) => {
    if (settings === undefined) throw new Problem(404, 'no-extensions', 'closing times are not moved here')
    const { approvals, ...order } = parseBody(orderBody, request)
    const subject = extensionSubject(order)
    const verdict = verifyApprovals({ dutyOfficers, subject, approvals, sabotaged })
    if (!verdict.ok) throw new Problem(403, 'not-approved', verdict.problem)
    // Before it is asked whether it is due: the answer to an earlier try may have been lost on its way.
    if (!(await extensions.isKnown(order))) await mustBeDue(order)
    const { outcome, moved } = await extensions.extend(order, approvals)
    if (outcome === 'extended') {
      const facts = { ...subject, officers: verdict.officers, moved }
      log.info({ event: 'closings.extended', ...facts }, `${moved} tenders close later`)
    }
    response.status(outcome === 'extended' ? 201 : 200).json({ outcome, moved })
  })

  router.get('/extension-orders', async (_request, response) => {
    const orders = await extensions.orders()
    response.json({ orders: orders.map((order) => ({ system: extendedSystem, ...order })) })
  })
  return router
}
