import { X509Certificate } from 'node:crypto'
import { Router } from 'express'
import { z } from 'zod'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readRegister } from '../enrolment/register.ts'
import { gpkiCapacity } from './capacity.ts'
import { readGpkiConfig } from './config.ts'
import { readRevocationList } from './revocation-list.ts'
import { createVerifier } from './verifier.ts'

const claim = z.strictObject({
  certificateChain: z.array(z.string().min(1).max(10_000)).min(1).max(5),
  nonce: z.string().min(1).max(200),
  signature: z.string().min(1).max(200),
})

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/** One of the two integrated verification servers (통합검증서버): says whose certificate signed a nonce. */
export async function startGpki(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readGpkiConfig(env)
  const log = createLog(config, destination)
  const register = await readRegister(config.REGISTER_FILE)
  const revocationList = readRevocationList(Buffer.from(register.revocationList, 'base64'))
  const verifier = createVerifier({
    root: new X509Certificate(Buffer.from(register.rootCertificate, 'base64')),
    revocationList,
    sabotaged: createSabotage(config.SABOTAGE),
    now: Date.now,
  })
  const capacity = createCapacity({ table: gpkiCapacity, config })

  const router = Router()
  router.post('/verify', capacity.slot('verification'), (request, response) => {
    const verification = verifier.verify(parseBody(claim, request))
    switch (verification.outcome) {
      case 'verified':
        response.json({ officialId: verification.officialId, serial: verification.serial })
        return
      case 'rejected':
        throw new Problem(422, verification.code, verification.reason)
      case 'unable':
        throw new Problem(503, 'unable', verification.reason)
    }
  })

  const checks = {
    'revocation-list': async () => {
      if (Date.now() > revocationList.nextUpdate) throw new Error('the revocation list is out of date')
    },
  }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app })
}
