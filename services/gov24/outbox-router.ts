import { Router } from 'express'
import { requireToken } from '../common/require-token.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Outbox } from './outbox.ts'

/** `GET /outbox`: everything the portal ever received in Saeol's place, for operators and reconcilers. */
export function outboxRouter(outbox: Outbox | undefined, token: string, sabotaged: Sabotaged): Router {
  const router = Router()
  router.get('/outbox', requireToken(token, 'this is for operators', sabotaged), (_request, response) => {
    response.json({ applications: outbox?.all() ?? [] })
  })
  return router
}
