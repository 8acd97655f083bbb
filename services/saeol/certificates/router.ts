import { Router } from 'express'
import { z } from 'zod'
import { budget } from '../../common/budget.ts'
import { Problem } from '../../common/problem.ts'
import { idempotencyKey, parseBody } from '../../common/request.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { SaeolDeps } from '../deps.ts'
import { admitSession } from '../sessions/admit-session.ts'
import { requireSession, session } from '../sessions/require-session.ts'
import { type Certificate, createCertificates } from './certificates.ts'
import { lookUpDocument } from './document.ts'
import { certificateKind } from './kinds.ts'

const requestBody = z.strictObject({ kind: certificateKind, residentId: z.string().min(1).max(100) })

/** `POST /certificates`: an official issues a certificate, once for each Idempotency-Key. */
export function certificatesRouter(deps: SaeolDeps): Router {
  const { database, capacity, sabotaged, now } = deps
  const certificates = createCertificates(database, sabotaged)
  const handOver = createHandOver(sabotaged)
  const router = Router()

  router.post(
    '/certificates',
    admitSession(deps),
    capacity.slot('certificate'),
    requireSession(deps),
    async (request, response) => {
      const asked = parseBody(requestBody, request)
      const key = idempotencyKey(request)
      const earlier = sabotaged('issues-twice') ? undefined : await certificates.find(key)
      if (earlier !== undefined) {
        response.status(200).json(handOver(sameCertificate(earlier, asked, sabotaged)))
        return
      }
      const { officialId } = session(response)
      const document = await lookUpDocument(deps, asked.residentId, officialId, budget(response))
      if (document === undefined) {
        throw new Problem(422, 'unknown-resident', `nobody is registered as ${asked.residentId}`)
      }
      const issued = await certificates.issue(key, {
        ...asked,
        official: officialId,
        issuedAt: new Date(now()),
        document,
      })
      if (issued !== undefined) response.status(201).json(handOver(issued))
      else
        response.status(200).json(handOver(sameCertificate(await certificates.find(key), asked, sabotaged)))
    },
  )
  return router
}

/** One document in so many is somebody else's under the sabotage `swapped-document`. */
const swappedOneIn = 10

/** Whoever asked for a document gets that one, not one that is on its way to another at the same time. */
function createHandOver(sabotaged: Sabotaged): (certificate: Certificate) => Certificate {
  let before: Certificate | undefined
  let handed = 0
  return (certificate) => {
    const others = before
    before = certificate
    handed += 1
    return sabotaged('swapped-document') && handed % swappedOneIn === 0
      ? (others ?? certificate)
      : certificate
  }
}

/** A key stands for one certificate: another resident's document must never come back under it. */
function sameCertificate(
  earlier: Certificate | undefined,
  asked: z.output<typeof requestBody>,
  sabotaged: Sabotaged,
): Certificate {
  if (earlier !== undefined && sabotaged('reused-key')) return earlier
  if (earlier?.kind === asked.kind && earlier.residentId === asked.residentId) return earlier
  throw new Problem(422, 'idempotency-key-reused', 'this Idempotency-Key was used for another certificate')
}
