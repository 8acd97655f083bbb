import { Router } from 'express'
import { approvedLogin, whoApproved } from '../common/approvals.ts'
import { budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import type { Challenges } from '../common/challenges.ts'
import type { Downstream } from '../common/downstream.ts'
import { parseBody } from '../common/request.ts'
import type { Gov24Work } from './capacity.ts'
import type { LayOut } from './hand-over.ts'
import { citizen, type Sessions } from './sessions.ts'

/** What a page says at its top. */
export interface Greeting {
  readonly residentId: string
}

/** `POST /login/challenge` · `POST /login` · `GET /session`, whose it is: simple authentication by a provider that has nothing to do with GPKI. */
export function loginRouter(options: {
  readonly simpleAuth: Downstream
  readonly challenges: Challenges
  readonly sessions: Sessions
  readonly capacity: Capacity<Gov24Work>
  /** What the portal shows the systems it calls. */
  readonly token: string
  readonly laidOut: LayOut<Greeting>
}): Router {
  const { simpleAuth, challenges, sessions, capacity, laidOut } = options
  const router = Router()

  router.post('/login/challenge', (_request, response) => {
    response.json({ nonce: challenges.make() })
  })

  router.post('/login', capacity.slot('login'), async (request, response) => {
    const body = parseBody(approvedLogin, request)
    challenges.mustAnswer(body.nonce)
    const residentId = await whoApproved(simpleAuth, options.token, body, budget(response))
    const { token, expiresAt } = sessions.open(residentId)
    response.json({ session: token, residentId, expiresAt })
  })

  router.get('/session', sessions.required, async (_request, response) => {
    response.json(await laidOut({ residentId: citizen(response) }))
  })
  return router
}
