import { Router } from 'express'
import { approvedLogin } from '../common/approvals.ts'
import { caller, requireCaller } from '../common/callers.ts'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readPhones } from '../enrolment/phones.ts'
import { createApprovalCheck } from './approval.ts'
import { simpleAuthCapacity } from './capacity.ts'
import { readSimpleAuthConfig } from './config.ts'

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/**
 * The provider of simple authentication (간편인증): knows citizens by their phones, and says whether a phone approved a
 * login. Not of GPKI, and stands on nothing that GPKI stands on.
 */
export async function startSimpleAuth(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readSimpleAuthConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const phones = await readPhones(config.PHONES_FILE)
  const check = createApprovalCheck(phones, sabotaged)
  const capacity = createCapacity({ table: simpleAuthCapacity, config })

  const router = Router()
  const known = requireCaller(config.CALLERS, sabotaged)
  router.post('/approvals/verify', known, capacity.slot('approval'), (request, response) => {
    const verdict = check(parseBody(approvedLogin, request), caller(response))
    if (!verdict.ok) throw new Problem(422, verdict.code, verdict.reason)
    response.json({ residentId: verdict.residentId })
  })

  const checks = {
    phones: async () => {
      if (phones.phones.length === 0) throw new Error('no phone is known')
    },
  }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs, config, sabotaged),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app })
}
