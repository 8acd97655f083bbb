import { Router } from 'express'
import { z } from 'zod'
import { requireCaller } from '../../common/callers.ts'
import { Problem } from '../../common/problem.ts'
import { idempotencyKey, parseBody } from '../../common/request.ts'
import type { SaeolDeps } from '../deps.ts'

const requestBody = z.strictObject({
  serviceId: z.string().min(1).max(100),
  residentId: z.string().min(1).max(100),
})

interface Application extends z.output<typeof requestBody> {
  readonly number: string
  readonly receivedAt: Date
}

const columns = `number, service as "serviceId", resident as "residentId", received_at as "receivedAt"`

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
    received += 1
    if (sabotaged('forgets-applications') && received % forgottenOneIn === 0) {
      response.status(201).json({ ...asked, number: `F${received}`, receivedAt: new Date(now()) })
      return
    }
    const [kept] = await database.query<Application>(
      `insert into applications (idempotency_key, service, resident, received_at) values ($1, $2, $3, $4)
       on conflict do nothing returning ${columns}`,
      [key, asked.serviceId, asked.residentId, new Date(now())],
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
    response.status(200).json(earlier)
  })
  return router
}
