import { Router } from 'express'
import { z } from 'zod'
import { budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import type { Downstream } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import type { Gov24Work } from './capacity.ts'
import type { LayOut } from './hand-over.ts'
import { citizen, type Sessions } from './sessions.ts'

const loginBody = z.strictObject({
  /** Whom the citizen means to log in to; whether that is us is for the provider to say. */
  audience: z.string().min(1).max(100),
  nonce: z.string().min(1).max(200),
  residentId: z.string().min(1).max(100),
  /** base64; what the citizen's phone made of the challenge. */
  proof: z.string().min(1).max(200),
})

const approved = z.object({ residentId: z.string() })
const rejected = z.object({ code: z.string(), error: z.string() })

/** What a page says at its top. */
export interface Greeting {
  readonly residentId: string
}

/** `POST /login/challenge` · `POST /login` · `GET /session`, whose it is: simple authentication by a provider that has nothing to do with GPKI. */
export function loginRouter(options: {
  readonly simpleAuth: Downstream
  readonly sessions: Sessions
  readonly capacity: Capacity<Gov24Work>
  /** What the portal shows the systems it calls. */
  readonly token: string
  readonly laidOut: LayOut<Greeting>
}): Router {
  const { simpleAuth, sessions, capacity, laidOut } = options
  const headers = { authorization: `Bearer ${options.token}` }
  const router = Router()

  router.post('/login/challenge', (_request, response) => {
    response.json({ nonce: sessions.challenge() })
  })

  router.post('/login', capacity.slot('login'), async (request, response) => {
    const body = parseBody(loginBody, request)
    if (!sessions.answer(body.nonce)) {
      throw new Problem(401, 'unknown-challenge', 'it was answered before, is too old or is not ours')
    }
    const path = '/approvals/verify'
    const answer = await simpleAuth.call({ method: 'POST', path, headers, body }, budget(response))
    if (answer.status === 422) {
      const reason = rejected.safeParse(answer.body)
      const { code, error } = reason.success ? reason.data : { code: 'rejected', error: 'not approved' }
      throw new Problem(401, code, error)
    }
    const said = approved.safeParse(answer.body)
    if (answer.status !== 200 || !said.success) {
      throw new Problem(503, 'simple-auth-unavailable', `simple authentication answered ${answer.status}`)
    }
    const { residentId } = said.data
    const { token, expiresAt } = sessions.open(residentId)
    response.json({ session: token, residentId, expiresAt })
  })

  router.get('/session', sessions.required, async (_request, response) => {
    response.json(await laidOut({ residentId: citizen(response) }))
  })
  return router
}
