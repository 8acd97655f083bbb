import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { approvedLogin, whoApproved } from '../common/approvals.ts'
import { budget } from '../common/budget.ts'
import { createCapacity } from '../common/capacity.ts'
import { createChallenges } from '../common/challenges.ts'
import type { Environment } from '../common/config.ts'
import { createDownstream } from '../common/downstream.ts'
import { healthRouter, isDeeplyHealthy } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { createResidentClient } from '../common/resident-client.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { createCatalogue } from '../gov24/catalogue.ts'
import { sites } from '../gov24/sites.ts'
import { alternativeSiteCapacity } from './capacity.ts'
import { readAlternativeSiteConfig } from './config.ts'

const asked = approvedLogin.extend({
  serviceId: z.string().min(1).max(100),
  /** Whom it is about; † ours: nobody but the citizen who approved it. */
  about: z.string().min(1).max(100),
})

/**
 * A site that citizens are sent to while the portal cannot serve them (대체 사이트): a kiosk (무인민원발급기), or the call
 * centre 110. It stands on the resident register and on simple authentication, and on nothing of Saeol, GPKI or the
 * portal. † ours: it knows citizens by their phones; a real kiosk asks for a fingerprint.
 */
export async function startAlternativeSite(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readAlternativeSiteConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const { SITE: site, OWN_TOKEN: token, CLIENT_TIMEOUT_MS: clientTimeoutMs } = config
  const link = (to: string, url: string) =>
    createDownstream({ link: `${site}→${to}`, url, clientTimeoutMs, log })
  const resident = link('resident', config.RESIDENT_URL)
  const simpleAuth = link('simple-auth', config.SIMPLE_AUTH_URL)
  const register = createResidentClient(resident, token)
  const challenges = createChallenges(sabotaged, Date.now)
  const capacity = createCapacity({ table: alternativeSiteCapacity, config })
  const services = new Set(
    createCatalogue()
      .filter(({ kind }) => kind === sites[site])
      .map(({ id }) => id),
  )

  const router = Router()
  router.post('/challenge', (_request, response) => {
    response.json({ nonce: challenges.make() })
  })
  /** Before the worker, so that nobody takes one without a challenge of ours. */
  const answers: RequestHandler = (request, response, next) => {
    const wanted = parseBody(asked, request)
    if (!services.has(wanted.serviceId))
      throw new Problem(422, 'not-here', `${wanted.serviceId} is not to be had here`)
    challenges.mustAnswer(wanted.nonce)
    response.locals.wanted = wanted
    next()
  }
  router.post('/documents', answers, capacity.slot('document'), async (_request, response) => {
    const { serviceId, about, ...login } = response.locals.wanted as z.output<typeof asked>
    const citizen = await whoApproved(simpleAuth, token, login, budget(response))
    if (about !== citizen && !sabotaged('anybodys-entry'))
      throw new Problem(403, 'not-about-you', 'documents are given to those whom they are about')
    const document = await register.lookUp(about, citizen, budget(response))
    response.status(201).json({ serviceId, residentId: about, document })
  })

  const checks = {
    resident: isDeeplyHealthy(resident, config.DEEP_CHECK_MS, config),
    'simple-auth': isDeeplyHealthy(simpleAuth, config.DEEP_CHECK_MS, config),
  }
  const health = healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged)
  const app = createApp({ log, health, routers: [router], deadlines: config.measures.deadlines })
  return startService({
    config,
    log,
    app,
    async stop() {
      await Promise.all([resident.close(), simpleAuth.close()])
    },
  })
}
