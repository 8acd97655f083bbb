import { Router } from 'express'
import { z } from 'zod'
import { createCapacity } from '../common/capacity.ts'
import { createChallenges } from '../common/challenges.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { parseBody } from '../common/request.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readVerifierOfIds } from '../enrolment/mobile-ids.ts'
import { mobileIdSchema } from '../mobile-id/document.ts'
import { idVerifierCapacity } from './capacity.ts'
import { readIdVerifierConfig } from './config.ts'
import { createIdCheck } from './verify.ts'

const shown = z.strictObject({
  id: mobileIdSchema,
  nonce: z.string().min(1).max(200),
  proof: z.string().min(1).max(200),
})

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/** Where IDs are shown: at a counter, or at a gate. It has the issuer's key, and no link to anything (T12: existing IDs work). */
export async function startIdVerifier(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readIdVerifierConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const { issuerKeySpki } = await readVerifierOfIds(config.VERIFIER_FILE)
  const check = createIdCheck(issuerKeySpki, sabotaged, Date.now)
  const challenges = createChallenges(sabotaged, Date.now)
  const capacity = createCapacity({ table: idVerifierCapacity, config })

  const router = Router()
  router.post('/challenge', (_request, response) => {
    response.json({ nonce: challenges.make() })
  })
  router.post('/verifications', capacity.slot('verification'), (request, response) => {
    const asked = parseBody(shown, request)
    challenges.mustAnswer(asked.nonce)
    check(asked)
    const { number, residentId, temporary } = asked.id
    response.json({ number, residentId, temporary })
  })

  const checks = { key: async () => void createIdCheck(issuerKeySpki, sabotaged, Date.now) }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs, config, sabotaged),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app })
}
