import { type RequestHandler, Router } from 'express'
import { createCapacity } from '../../common/capacity.ts'
import { Problem } from '../../common/problem.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'
import { isInScope } from '../fallback/openings.ts'
import { accountsRouter } from './accounts-router.ts'
import { createChallenges } from './challenges.ts'
import type { LoginDeps } from './deps.ts'
import { gpkiLogin } from './gpki-login.ts'
import { passwordLogin } from './password-login.ts'
import { createThrottle } from './throttle.ts'

/** `POST /login/challenge` · `POST /login/gpki` · `GET /login/options` · `POST /login/password` · `/accounts` */
export function loginRouter(deps: LoginDeps): Router {
  const { database, capacity, fallback, now, sabotaged } = deps
  const measure = deps.config.measures.passwordFallback
  const challenges = createChallenges({ queries: database, key: deps.config.AUDIT_KEY, sabotaged, now })
  const router = Router()

  router.post('/login/challenge', (_request, response) => {
    response.json({ nonce: challenges.create() })
  })
  router.post('/login/gpki', capacity.slot('login'), gpkiLogin(deps, challenges))

  /** `?office=` asks for one office; without it, whether any may use the password login. */
  router.get('/login/options', async (request, response) => {
    const opening = await fallback.inForce()
    const { office } = request.query
    const password = opening !== undefined && (typeof office !== 'string' || isInScope(opening.scope, office))
    response.json({ gpki: true, password })
  })

  if (measure === undefined) {
    router.post('/login/password', () => {
      throw new Problem(403, 'fallback-closed', 'this Saeol has no password login; log in with GPKI')
    })
  } else {
    const throttle = createThrottle(database, measure, sabotaged, now)
    router.post('/login/password', passwordLogin(deps, measure, throttle, passwordLane(deps, measure)))
    router.use(accountsRouter(deps, throttle))
  }
  return router
}

/**
 * Workers of its own: when all of Saeol's wait for GPKI, the way around GPKI must not wait for them
 * (invariant 10).
 */
function passwordLane({ config }: LoginDeps, measure: PasswordFallbackParameters): RequestHandler {
  const lane = createCapacity({
    table: {
      slots: measure.laneSlots,
      queue: measure.laneQueue,
      classes: { password: { serviceTimeMs: measure.laneServiceTimeMs, importance: 'vital' } },
    },
    config: {
      SEED: config.SEED,
      SERVICE_NAME: `${config.SERVICE_NAME} password lane`,
      SLOTS: undefined,
      QUEUE: undefined,
      SERVICE_TIME_MS: undefined,
    },
  })
  return lane.slot('password')
}
