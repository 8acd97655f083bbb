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

/** `POST /applications`: what citizens hand in at the portal; gov24 shows its own token, not a session. */
export function applicationsRouter({ config, database, capacity, now }: SaeolDeps): Router {
  const portal = requireCaller(config.CALLERS)
  const router = Router()
  router.post('/applications', portal, capacity.slot('application'), async (request, response) => {
    const asked = parseBody(requestBody, request)
    const key = idempotencyKey(request)
    const [received] = await database.query<Application>(
      `insert into applications (idempotency_key, service, resident, received_at) values ($1, $2, $3, $4)
       on conflict do nothing returning ${columns}`,
      [key, asked.serviceId, asked.residentId, new Date(now())],
    )
    if (received !== undefined) {
      response.status(201).json(received)
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
