import { type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { approvedLogin, whoApproved } from '../common/approvals.ts'
import { budget } from '../common/budget.ts'
import type { Capacity } from '../common/capacity.ts'
import { createChallenges } from '../common/challenges.ts'
import type { Downstream } from '../common/downstream.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import type { ResidentClient } from '../common/resident-client.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Issuing } from './issuing.ts'

const wanted = approvedLogin.extend({
  /** Whose ID it is to be; † ours: nobody's but the citizen's who approved it. */
  about: z.string().min(1).max(100),
  /** base64; the phone's public key. */
  holderKeySpki: z.string().min(1).max(500),
})

/** `POST /challenge` · `POST /ids` a phone is given its ID · `POST /ids/lost` its owner says that the phone is lost */
export function idsRouter(parts: {
  readonly issuing: Issuing
  readonly simpleAuth: Downstream
  readonly register: ResidentClient
  /** What the issuer shows the provider. */
  readonly token: string
  readonly capacity: Capacity<'issue'>
  readonly sabotaged: Sabotaged
}): Router {
  const { issuing, simpleAuth, register, token, capacity, sabotaged } = parts
  const challenges = createChallenges(sabotaged, Date.now)
  const router = Router()

  /** Before the worker, so that nobody takes one without a challenge of ours. */
  const answers = (schema: z.ZodType<z.output<typeof approvedLogin>>): RequestHandler => {
    return (request, response, next) => {
      response.locals.asked = parseBody(schema, request)
      challenges.mustAnswer(response.locals.asked.nonce)
      next()
    }
  }
  const citizen = (login: z.output<typeof approvedLogin>, response: Response): Promise<string> =>
    whoApproved(simpleAuth, token, login, budget(response))

  router.post('/challenge', (_request, response) => {
    response.json({ nonce: challenges.make() })
  })
  router.post('/ids', answers(wanted), capacity.slot('issue'), async (_request, response) => {
    const { about, holderKeySpki, ...login } = response.locals.asked as z.output<typeof wanted>
    const who = await citizen(login, response)
    if (about !== who && !sabotaged('anybodys-id'))
      throw new Problem(403, 'not-about-you', 'an ID is given to its owner')
    if (!sabotaged('unchecked-identity')) await register.lookUp(about, who, budget(response))
    const { status, id } = await issuing.issue({ residentId: about, holderKeySpki }, budget(response))
    response.status(status).json(id)
  })
  router.post('/ids/lost', answers(approvedLogin), capacity.slot('issue'), async (_request, response) => {
    const who = await citizen(response.locals.asked as z.output<typeof approvedLogin>, response)
    response.json({ revoked: await issuing.revoke(who, budget(response)) })
  })
  return router
}
