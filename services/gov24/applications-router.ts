import { Router } from 'express'
import { z } from 'zod'
import { type Budget, budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import type { Downstream } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import { idempotencyKey, parseBody } from '../common/request.ts'
import { onBehalfOf } from '../common/requester.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import { answered } from './answered.ts'
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
  readonly resident: Downstream
  readonly handIn: HandIn
  readonly capacity: Capacity<Gov24Work>
  readonly sessions: Sessions
  /** What the portal shows the register. */
  readonly token: string
  readonly handOver: HandOver<Given>
  readonly sabotaged: Sabotaged
}

/** `POST /applications`: a citizen who is logged in uses one of the portal's services, about nobody else. */
export function applicationsRouter(options: Options): Router {
  const { services, capacity, sessions, handIn, handOver, sabotaged } = options
  const register = createRegister(options)
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

/** The resident register, asked in the name of a citizen. */
function createRegister({ resident, token }: Options) {
  const headers = { authorization: `Bearer ${token}` }
  return {
    async lookUp(residentId: string, requester: string, limit: Budget): Promise<z.output<typeof subject>> {
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

const subject = z.looseObject({ id: z.string() })
