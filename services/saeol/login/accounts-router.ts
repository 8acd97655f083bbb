import { Router } from 'express'
import { Problem } from '../../common/problem.ts'
import { requireSession, session } from '../sessions/require-session.ts'
import type { LoginDeps } from './deps.ts'
import type { Throttle } from './throttle.ts'

/**
 * `GET /accounts` lists the accounts of one's own office, `POST /accounts/:id/unlock` forgives a colleague's
 * failed password logins. Both need high assurance: an intruder in a fallback session must neither learn who
 * there is nor loosen what holds him back (invariant 6).
 */
export function accountsRouter(deps: LoginDeps, throttle: Throttle): Router {
  const { audit } = deps
  const accounts = deps.register.officials.map(({ id, office, status }) => ({ id, office, status }))
  const router = Router()

  router.get('/accounts', requireSession(deps, { assurance: 'high' }), (_request, response) => {
    const { office } = session(response)
    response.json({ accounts: accounts.filter((account) => account.office === office) })
  })

  router.post(
    '/accounts/:id/unlock',
    requireSession(deps, { assurance: 'high' }),
    async (request, response) => {
      const { officialId, office } = session(response)
      const account = accounts.find(({ id }) => id === request.params.id)
      if (account?.office !== office) throw new Problem(404, 'not-found', 'no such account in your office')
      await audit.append('account.unlocked', { officialId: account.id, by: officialId })
      await throttle.unlock(account.id)
      response.status(204).end()
    },
  )
  return router
}
