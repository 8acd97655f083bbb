import { Router } from 'express'
import { requireSession, type SessionDeps, session } from './require-session.ts'
import { endSession } from './sessions.ts'

/** `GET /session`: whose it is · `DELETE /session`: its holder logs out */
export function sessionsRouter(deps: SessionDeps): Router {
  const router = Router()
  router.get('/session', requireSession(deps), (_request, response) => {
    const { officialId, office, assurance, expiresAt } = session(response)
    response.json({ officialId, office, assurance, expiresAt: expiresAt.getTime() })
  })
  router.delete('/session', requireSession(deps), async (_request, response) => {
    await endSession(deps.database, session(response).id, new Date(deps.now()))
    response.status(204).end()
  })
  return router
}
