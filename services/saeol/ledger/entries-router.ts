import { type Response, Router } from 'express'
import { z } from 'zod'
import { type Budget, budget } from '../../common/budget.ts'
import { parseBody } from '../../common/request.ts'
import { lookUpDocument } from '../certificates/document.ts'
import { certificateKind } from '../certificates/kinds.ts'
import type { SaeolDeps } from '../deps.ts'
import { admitSession } from '../sessions/admit-session.ts'
import { requireSession, type Session, session } from '../sessions/require-session.ts'
import { createExamine } from './examine.ts'
import {
  type EntryProblem,
  type EntryResult,
  enterReceipt,
  findEntry,
  lookAround,
  type PaperReceipt,
  receiptNumberPattern,
  sameEntry,
} from './retroactive-entries.ts'

const signature = z.string().min(1).max(200)

const requestBody = z.strictObject({
  office: z.string().min(1).max(100),
  receiptNumber: z.string().regex(receiptNumberPattern, 'must end in a dash and 6 to 15 digits'),
  receivedOn: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  residentId: z.string().min(1).max(100),
  kind: certificateKind,
  visit: z.string().min(1).max(200),
  seal: signature,
  clerk: z.string().min(1).max(100),
  verifier: z.string().min(1).max(100),
  verifierSignature: signature,
})

/**
 * `POST /retroactive-entries` (시스템 소급 입력): receipts written by hand, entered under their own date by the clerk
 * who is logged in, once a colleague has signed that the entry is what the paper says. A refusal names all that is
 * wrong (`problems`), not only what was found first: each lock is seen to hold by itself.
 */
export function entriesRouter(deps: SaeolDeps): Router {
  const { database, capacity, sabotaged, audit, log, now } = deps
  const examine = createExamine(deps)
  const router = Router()

  async function enter(receipt: PaperReceipt, by: Session, own: Budget): Promise<EntryResult> {
    const wrong = examine(receipt, by.officialId)
    if (wrong.length > 0) {
      return { outcome: 'refused', problems: [...wrong, ...(await lookAround(database, sabotaged, receipt))] }
    }
    // Of two clerks the second needs neither the register nor the office's turn.
    const earlier = sabotaged('enters-twice') ? undefined : await findEntry(database, receipt)
    if (earlier !== undefined) return sameEntry(earlier, receipt, sabotaged)
    const document = await lookUpDocument(deps, receipt.residentId, by.officialId, own)
    if (document === undefined) return { outcome: 'refused', problems: ['unknown-resident'] }
    return enterReceipt({ database, audit, sabotaged }, receipt, document, new Date(now()))
  }

  async function refuse(
    response: Response,
    receipt: PaperReceipt,
    by: Session,
    problems: readonly EntryProblem[],
  ): Promise<void> {
    const { office, receiptNumber } = receipt
    const facts = {
      office,
      receiptNumber,
      receivedOn: receipt.receivedOn.toISOString(),
      official: by.officialId,
      reason: problems[0],
      problems,
    }
    if (!sabotaged('unaudited-refusals')) await audit.append('entry.refused', facts)
    const error = problems.map((problem) => sentences[problem]).join('; ')
    log.warn({ event: 'entry.refused', ...facts }, `${office}/${receiptNumber}: ${error}`)
    response.status(422).json({ error, code: problems[0], problems })
  }

  router.post(
    '/retroactive-entries',
    admitSession(deps),
    capacity.slot('entry'),
    requireSession(deps),
    async (request, response) => {
      const receipt = parseBody(requestBody, request)
      const by = session(response)
      const result = await enter(receipt, by, budget(response))
      if (result.outcome === 'refused') await refuse(response, receipt, by, result.problems)
      else response.status(result.outcome === 'entered' ? 201 : 200).json(result.entry)
    },
  )
  return router
}

const sentences: Readonly<Record<EntryProblem, string>> = {
  'four-eyes': 'the verifier must be another person than the clerk',
  'not-of-this-office': 'clerk and verifier must be active officials of the office',
  'not-your-entry': 'a receipt is entered in the session of its clerk',
  'not-verified': 'the signature of the verifier is not of this entry',
  'not-in-the-book': 'the counter of the office did not write this receipt',
  'in-the-future': 'a receipt cannot have been received in the future',
  'outside-window': 'no outage of the office was declared for the date of receipt',
  'out-of-sequence': 'the date contradicts the neighbouring receipt numbers',
  'receipt-differs': 'another visit was entered under this receipt number',
  'visit-differs': "the visit's certificate is of another kind, or about somebody else",
  'unknown-resident': 'nobody is registered under the id that the visitor gave',
}
