import { Router } from 'express'
import { z } from 'zod'
import { requireCaller } from '../../common/callers.ts'
import { Problem } from '../../common/problem.ts'
import { idempotencyKey, parseBody } from '../../common/request.ts'
import type { SaeolDeps } from '../deps.ts'

const requestBody = z.strictObject({
  serviceId: z.string().min(1).max(100),
  residentId: z.string().min(1).max(100),
  /** The portal received it in our place. */
  kept: z
    .strictObject({
      number: z.string().regex(/^P-\d{6,12}$/),
      receivedOn: z.iso.datetime().transform((text) => new Date(text)),
    })
    .optional(),
})

/** What the portal says it received earlier than this is refused, in ms. † ours: a week. */
const longestKeptMs = 7 * 86_400_000
/** Clocks differ, in ms. † ours. */
const aheadMs = 1_000

interface Application {
  readonly serviceId: string
  readonly residentId: string
  readonly number: string
  readonly receivedAt: Date
  readonly receivedOn: Date
  readonly portalNumber: string | null
}

const columns = `number, service as "serviceId", resident as "residentId", received_at as "receivedAt",
  received_on as "receivedOn", portal_number as "portalNumber"`

/** Every how many applications the sabotage `forgets-applications` forgets one; not those that are handed to others. */
const forgottenOneIn = 7

/** `POST /applications`: what citizens hand in at the portal; gov24 shows its own token, not a session. */
export function applicationsRouter({ config, database, capacity, sabotaged, now }: SaeolDeps): Router {
  const portal = requireCaller(config.CALLERS, sabotaged)
  const router = Router()
  let received = 0
  router.post('/applications', portal, capacity.slot('application'), async (request, response) => {
    const asked = parseBody(requestBody, request)
    const key = idempotencyKey(request)
    const { kept: byPortal } = asked
    const receivedAt = new Date(now())
    if (byPortal !== undefined) mustBeRecent(byPortal.receivedOn, receivedAt)
    received += 1
    if (sabotaged('forgets-applications') && received % forgottenOneIn === 0) {
      response.status(201).json({ ...asked, number: `F${received}`, receivedAt })
      return
    }
    const [kept] = await database.query<Application>(
      `insert into applications (idempotency_key, service, resident, received_at, received_on, portal_number)
       values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing returning ${columns}`,
      [
        key,
        asked.serviceId,
        asked.residentId,
        receivedAt,
        sabotaged('redates-kept') ? receivedAt : (byPortal?.receivedOn ?? receivedAt),
        byPortal?.number ?? null,
      ],
    )
    if (kept !== undefined) {
      response.status(201).json(kept)
      return
    }
    const [earlier] = await database.query<Application>(
      `select ${columns} from applications where idempotency_key = $1`,
      [key],
    )
    if (earlier?.serviceId !== asked.serviceId || earlier.residentId !== asked.residentId) {
      throw new Problem(
        422,
        'idempotency-key-reused',
        'this Idempotency-Key was used for another application',
      )
    }
    // It came before, the portal did not hear so, and the citizen has the portal's number.
    if (byPortal !== undefined && earlier.portalNumber === null) {
      await database.query(
        'update applications set portal_number = $2, received_on = $3 where idempotency_key = $1',
        [key, byPortal.number, byPortal.receivedOn],
      )
    }
    response.status(200).json(earlier)
  })
  return router
}

/** @throws Problem 422 where the portal's date is in the future, or from before anything that it may have kept */
function mustBeRecent(receivedOn: Date, at: Date): void {
  const ageMs = at.getTime() - receivedOn.getTime()
  if (ageMs < -aheadMs) throw new Problem(422, 'in-the-future', 'the portal cannot have received it yet')
  if (ageMs > longestKeptMs)
    throw new Problem(422, 'too-old', 'the portal says it kept it for more than a week')
}
