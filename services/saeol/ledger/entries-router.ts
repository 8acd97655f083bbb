import { Router } from 'express'
import { z } from 'zod'
import { Problem } from '../../common/problem.ts'
import { parseBody } from '../../common/request.ts'
import { certificateKind } from '../certificates/kinds.ts'
import type { SaeolDeps } from '../deps.ts'
import { requireSession, type Session, session } from '../sessions/require-session.ts'
import { enterReceipt, type PaperReceipt, receiptNumberPattern } from './retroactive-entries.ts'

const requestBody = z.strictObject({
  office: z.string().min(1).max(100),
  receiptNumber: z.string().regex(receiptNumberPattern, 'must end in a dash and 6 to 15 digits'),
  receivedOn: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  residentId: z.string().min(1).max(100),
  kind: certificateKind,
  clerk: z.string().min(1).max(100),
  verifier: z.string().min(1).max(100),
})

/** `POST /retroactive-entries` (시스템 소급 입력): receipts written by hand, entered under their own date. */
export function entriesRouter(deps: SaeolDeps): Router {
  const { database, capacity, sabotaged, audit, log, now } = deps
  const officials = new Map(deps.register.officials.map((official) => [official.id, official]))
  const router = Router()

  /** @throws Problem when the two people named may not enter this receipt */
  function requireFourEyes(receipt: PaperReceipt, by: Session): void {
    if (receipt.clerk === receipt.verifier) {
      throw new Problem(422, 'four-eyes', 'the verifier must be another person than the clerk')
    }
    for (const person of [receipt.clerk, receipt.verifier]) {
      const official = officials.get(person)
      if (official?.status !== 'active' || official.office !== receipt.office) {
        throw new Problem(422, 'not-of-this-office', `${person} is no active official of ${receipt.office}`)
      }
    }
    if (by.officialId === receipt.verifier && by.assurance === 'low') {
      throw new Problem(403, 'low-assurance', 'a session of the fallback login verifies no backdating')
    }
    if (by.officialId !== receipt.clerk && by.officialId !== receipt.verifier) {
      throw new Problem(403, 'not-your-entry', 'you are neither the clerk nor the verifier of this entry')
    }
  }

  async function refuse(receipt: PaperReceipt, by: Session, code: string, message: string): Promise<never> {
    const facts = {
      office: receipt.office,
      receiptNumber: receipt.receiptNumber,
      receivedOn: receipt.receivedOn.toISOString(),
      official: by.officialId,
      reason: code,
    }
    await audit.append('entry.refused', facts)
    log.warn({ event: 'entry.refused', ...facts }, message)
    throw new Problem(422, code, message)
  }

  router.post(
    '/retroactive-entries',
    capacity.slot('entry'),
    requireSession(deps),
    async (request, response) => {
      const receipt = parseBody(requestBody, request)
      const by = session(response)
      requireFourEyes(receipt, by)
      if (receipt.receivedOn.getTime() > now()) {
        await refuse(receipt, by, 'in-the-future', 'a receipt cannot have been received in the future')
      }
      const result = await enterReceipt(database, sabotaged, receipt, new Date(now()))
      switch (result.outcome) {
        case 'entered':
          response.status(201).json(result.entry)
          return
        case 'already-entered':
          response.status(200).json(result.entry)
          return
        case 'different':
          return refuse(receipt, by, 'receipt-differs', 'another visit was entered under this receipt number')
        case 'outside-window':
          return refuse(
            receipt,
            by,
            'outside-window',
            `no outage of ${receipt.office} was declared for ${receipt.receivedOn.toISOString()}`,
          )
        case 'out-of-sequence':
          return refuse(
            receipt,
            by,
            'out-of-sequence',
            'the date contradicts the neighbouring receipt numbers',
          )
      }
    },
  )
  return router
}
