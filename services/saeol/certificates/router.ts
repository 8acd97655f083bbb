import { Router } from 'express'
import { z } from 'zod'
import { type Budget, budget } from '../../common/budget.ts'
import type { Downstream } from '../../common/downstream.ts'
import { Problem } from '../../common/problem.ts'
import { idempotencyKey, parseBody } from '../../common/request.ts'
import type { SaeolDeps } from '../deps.ts'
import { requireSession, session } from '../sessions/require-session.ts'
import { type Certificate, createCertificates } from './certificates.ts'
import { certificateKind } from './kinds.ts'

const requestBody = z.strictObject({ kind: certificateKind, residentId: z.string().min(1).max(100) })

/** `POST /certificates`: an official issues a certificate, once for each Idempotency-Key. */
export function certificatesRouter(deps: SaeolDeps): Router {
  const { database, capacity, resident, sabotaged, now } = deps
  const certificates = createCertificates(database, sabotaged)
  const router = Router()

  router.post(
    '/certificates',
    capacity.slot('certificate'),
    requireSession(deps),
    async (request, response) => {
      const asked = parseBody(requestBody, request)
      const key = idempotencyKey(request)
      const earlier = sabotaged('issues-twice') ? undefined : await certificates.find(key)
      if (earlier !== undefined) {
        response.status(200).json(sameCertificate(earlier, asked))
        return
      }
      const document = await lookUp(resident, asked.residentId, budget(response))
      const issued = await certificates.issue(key, {
        ...asked,
        official: session(response).officialId,
        issuedAt: new Date(now()),
        document,
      })
      if (issued !== undefined) response.status(201).json(issued)
      else response.status(200).json(sameCertificate(await certificates.find(key), asked))
    },
  )
  return router
}

/** A key stands for one certificate: another resident's document must never come back under it. */
function sameCertificate(earlier: Certificate | undefined, asked: z.output<typeof requestBody>): Certificate {
  if (earlier?.kind === asked.kind && earlier.residentId === asked.residentId) return earlier
  throw new Problem(422, 'idempotency-key-reused', 'this Idempotency-Key was used for another certificate')
}

async function lookUp(resident: Downstream, id: string, budget: Budget): Promise<unknown> {
  const path = `/residents/${encodeURIComponent(id)}`
  const { status, body } = await resident.call({ method: 'GET', path }, budget)
  if (status === 404) throw new Problem(422, 'unknown-resident', `nobody is registered as ${id}`)
  if (status !== 200)
    throw new Problem(503, 'resident-unavailable', `the resident register answered ${status}`)
  const subject = z.object({ id: z.string() }).safeParse(body)
  // Requester and subject are compared on each document: in April 2024 swapped answers reached other people.
  if (!subject.success || subject.data.id !== id) {
    throw new Problem(502, 'wrong-subject', 'the resident register answered about somebody else')
  }
  return body
}
