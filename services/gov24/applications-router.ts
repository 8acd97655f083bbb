import { Router } from 'express'
import { z } from 'zod'
import { budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import { Problem } from '../common/problem.ts'
import { idempotencyKey, parseBody } from '../common/request.ts'
import type { ResidentClient } from '../common/resident-client.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Gov24Work } from './capacity.ts'
import { backendsOf, type PortalService } from './catalogue.ts'
import type { HandIn } from './hand-in.ts'
import type { HandOver } from './hand-over.ts'
import { citizen, type Sessions } from './sessions.ts'

const requestBody = z.strictObject({
  serviceId: z.string().min(1).max(100),
  /** Whom it is about; † ours: nobody but the citizen who is logged in. */
  residentId: z.string().min(1).max(100),
})

/** What a citizen is given. */
export interface Given {
  readonly serviceId: string
  readonly residentId: string
  /** Of the application, where the service makes one. */
  readonly number?: string
  readonly receivedAt?: string
  /** The register's data, where the service shows or certifies them. */
  readonly document?: unknown
}

interface Options {
  readonly services: ReadonlyMap<string, PortalService>
  readonly register: ResidentClient
  readonly handIn: HandIn
  readonly capacity: Capacity<Gov24Work>
  readonly sessions: Sessions
  readonly handOver: HandOver<Given>
  readonly sabotaged: Sabotaged
}

/** `POST /applications`: a citizen who is logged in uses one of the portal's services, about nobody else. */
export function applicationsRouter(options: Options): Router {
  const { services, register, capacity, sessions, handIn, handOver, sabotaged } = options
  const router = Router()

  router.post('/applications', sessions.required, capacity.slot('application'), async (request, response) => {
    const asked = parseBody(requestBody, request)
    const { serviceId, residentId } = asked
    const key = idempotencyKey(request)
    if (residentId !== citizen(response) && !sabotaged('anybodys-entry')) {
      throw new Problem(403, 'not-about-you', 'documents are given to those whom they are about')
    }
    const service = services.get(serviceId)
    if (service === undefined)
      throw new Problem(422, 'unknown-service', `the portal has no service ${serviceId}`)
    const needs = backendsOf[service.kind]
    const document = needs.includes('resident')
      ? { document: await register.lookUp(residentId, citizen(response), budget(response)) }
      : {}
    if (!needs.includes('saeol')) {
      response.status(201).json(await handOver({ ...asked, ...document }))
      return
    }
    const { status, received } = await handIn.receive(asked, key, budget(response))
    response.status(status).json(await handOver({ ...asked, ...received, ...document }))
  })
  return router
}
