import { Router } from 'express'
import { requireToken } from '../common/require-token.ts'
import type { Receipts } from './receipts/receipts.ts'

/**
 * `GET /receipts`: every receipt and what became of it, for whoever reconciles the book. Needs no worker slot.
 * @param token what they show
 */
export function receiptsRouter(receipts: Receipts, token: string): Router {
  const router = Router()
  const reconcilers = requireToken(token, 'the book of receipts is for those who reconcile it')
  router.get('/receipts', reconcilers, (_request, response) => {
    const list = receipts.all().map(({ receivedOn, ...receipt }) => ({
      ...receipt,
      receivedOn: new Date(receivedOn).toISOString(),
      ...(receipt.state === 'entered' ? { enteredAt: new Date(receipt.enteredAt).toISOString() } : {}),
    }))
    response.json({ receipts: list })
  })
  return router
}
