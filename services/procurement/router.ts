import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import type { Capacity } from '../common/capacity.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { sourceOf } from '../common/source.ts'
import type { ProcurementOffice } from '../enrolment/procurement.ts'
import { createSignatureCheck, type SignatureCheck } from '../saeol/ledger/papers.ts'
import { type Bid, type Bids, bidSubject } from './bids.ts'
import type { ProcurementWork } from './capacity.ts'
import type { Opening } from './opening.ts'
import type { Tender, Tenders } from './tenders.ts'

/** Tenders on one page. † ours: twenty seconds of the replay. */
const pageLength = 80

const bidBody = z.strictObject({
  bidder: z.string().min(1).max(100),
  sealed: z.base64().min(1).max(4_000),
  signature: z.string().min(1).max(200),
})

const listed = z.enum(['open', 'closed']).default('open')

const openingBody = z.strictObject({ openingKey: z.string().min(1).max(1_000) })

/**
 * `GET /tenders` the next to close, `?state=closed` what is to be opened · `GET /tenders/:id` · `POST /tenders/:id/bids` a sealed bid, answered by a receipt ·
 * `POST /tenders/:id/opening` by whoever holds its opening key · `GET /tenders/:id/bids` once it is opened
 */
export function tendersRouter(parts: {
  readonly config: { readonly FRONT_TOKEN: string }
  readonly capacity: Capacity<ProcurementWork>
  readonly tenders: Tenders
  readonly bidders: ProcurementOffice['bidders']
  readonly bids: Bids
  readonly opening: Opening
}): Router {
  const { config, capacity, tenders, bids, opening } = parts
  const examine = createExamination(parts.bidders)
  const router = Router()

  router.get('/tenders', capacity.slot('list'), async (request, response) => {
    const state = listed.safeParse(request.query.state)
    if (!state.success) throw new Problem(400, 'bad-request', 'state: must be open or closed')
    const page = await tenders[state.data](pageLength)
    response.json({ now: new Date(), tenders: page.map(viewOf) })
  })

  router.get('/tenders/:id', capacity.slot('look'), async (request, response) => {
    const id = String(request.params.id)
    const tender = await tenders.find(id)
    if (tender === undefined) throw new Problem(404, 'unknown-tender', `there is no tender ${id}`)
    response.json({ now: new Date(), ...viewOf(tender) })
  })

  // The signature is what a stranger does not have: it is looked at before a worker is taken.
  const examined: RequestHandler = (request, response, next) => {
    response.locals.bid = examine({ ...parseBody(bidBody, request), tender: String(request.params.id) })
    next()
  }
  router.post('/tenders/:id/bids', examined, capacity.slot('hand-in'), async (request, response) => {
    const { receipt, isNew } = await bids.handIn(response.locals.bid as Bid, sourceOf(request, config))
    response.status(isNew ? 201 : 200).json(receipt)
  })

  router.get('/tenders/:id/bids', capacity.slot('look'), async (request, response) => {
    response.json({ bids: await opening.read(String(request.params.id)) })
  })

  router.post('/tenders/:id/opening', capacity.slot('opening'), async (request, response) => {
    const { openingKey } = parseBody(openingBody, request)
    response.status(201).json({ bids: await opening.open(String(request.params.id), openingKey) })
  })
  return router
}

/** Whether a bid is the bidder's. @throws Problem 401, alike for whoever is not known */
function createExamination(bidders: ProcurementOffice['bidders']): (bid: Bid) => Bid {
  const keys = new Map(bidders.map(({ id, publicKeySpki }) => [id, publicKeySpki]))
  const checks = new Map<string, SignatureCheck>()

  function checkOf(bidder: string): SignatureCheck | undefined {
    const spki = keys.get(bidder)
    if (spki === undefined) return undefined
    const known = checks.get(bidder) ?? createSignatureCheck(spki)
    checks.set(bidder, known)
    return known
  }

  return (bid) => {
    if (checkOf(bid.bidder)?.(bidSubject(bid), bid.signature) === true) return bid
    throw new Problem(401, 'bad-signature', 'the bid was not signed by a bidder who is registered here')
  }
}

function viewOf({ id, closesAt, openingKey, state }: Tender) {
  return { id, closesAt, openingKey, state }
}
