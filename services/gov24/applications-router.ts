import { Router } from 'express'
import { z } from 'zod'
import { type Budget, budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import type { Downstream, DownstreamResponse } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import { idempotencyKey, parseBody } from '../common/request.ts'
import { type Backend, backendsOf, type PortalService } from './catalogue.ts'

const requestBody = z.strictObject({
  serviceId: z.string().min(1).max(100),
  residentId: z.string().min(1).max(100),
})

/** `POST /applications`: a citizen uses one of the portal's services. */
export function applicationsRouter(options: {
  readonly services: ReadonlyMap<string, PortalService>
  readonly links: Readonly<Record<Backend, Downstream>>
  readonly capacity: Capacity<'application' | 'catalogue'>
  /** What the portal shows the systems it calls. */
  readonly token: string
}): Router {
  const { services, links, capacity } = options
  const router = Router()

  router.post('/applications', capacity.slot('application'), async (request, response) => {
    const { serviceId, residentId } = parseBody(requestBody, request)
    const key = idempotencyKey(request)
    const service = services.get(serviceId)
    if (service === undefined)
      throw new Problem(422, 'unknown-service', `the portal has no service ${serviceId}`)
    const needs = backendsOf[service.kind]
    const resident = needs.includes('resident') ? await lookUp(residentId, budget(response)) : undefined
    if (!needs.includes('saeol')) {
      response.status(201).json({ serviceId, residentId, result: resident })
      return
    }
    const answer = await links.saeol.call(
      {
        method: 'POST',
        path: '/applications',
        headers: { authorization: `Bearer ${options.token}`, 'idempotency-key': key },
        body: { serviceId, residentId },
      },
      budget(response),
    )
    const { number, receivedAt } = answered('saeol', answer, application)
    response.status(answer.status).json({ number, serviceId, residentId, receivedAt })
  })

  async function lookUp(residentId: string, limit: Budget): Promise<z.output<typeof subject>> {
    const path = `/residents/${encodeURIComponent(residentId)}`
    const answer = await links.resident.call({ method: 'GET', path }, limit)
    if (answer.status === 404)
      throw new Problem(422, 'unknown-resident', `nobody is registered as ${residentId}`)
    const resident = answered('resident', answer, subject)
    // Another person's data must never reach this one: it did in April 2024 (F15).
    if (resident.id !== residentId)
      throw new Problem(502, 'wrong-subject', 'the register answered about another')
    return resident
  }
  return router
}

const subject = z.looseObject({ id: z.string() })
const application = z.looseObject({ number: z.string(), receivedAt: z.string() })

/** What a system answered, or an honest error in its name. */
function answered<S extends z.ZodType>(system: Backend, answer: DownstreamResponse, schema: S): z.output<S> {
  if (answer.status >= 500 || answer.status === 429) {
    throw new Problem(503, `${system}-unavailable`, `${system} answered ${answer.status}`)
  }
  const body = schema.safeParse(answer.body)
  if (answer.status < 300 && body.success) return body.data
  if (answer.status === 422) throw new Problem(422, 'refused', `${system} refused it`)
  throw new Problem(
    502,
    `${system}-refused`,
    `${system} answered ${answer.status}, which the portal does not understand`,
  )
}
