import { Router } from 'express'
import type { Receipts } from './receipts/receipts.ts'

/** `GET /receipts`: every receipt and what became of it. Needs no worker slot: it is read to reconcile. */
export function receiptsRouter(receipts: Receipts): Router {
  const router = Router()
  router.get('/receipts', (_request, response) => {
    const list = receipts.all().map(({ receivedOn, ...receipt }) => ({
      ...receipt,
      receivedOn: new Date(receivedOn).toISOString(),
      ...(receipt.state === 'entered' ? { enteredAt: new Date(receipt.enteredAt).toISOString() } : {}),
    }))
    response.json({ receipts: list })
  })
  return router
}
