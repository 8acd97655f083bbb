import { X509Certificate } from 'node:crypto'
import { type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { caller, requireCaller } from '../common/callers.ts'
import { type Capacity, createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDownstream } from '../common/downstream.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readTrust } from '../enrolment/trust.ts'
import { gpkiCapacity } from './capacity.ts'
import { readGpkiConfig } from './config.ts'
import { followRevocations } from './revocations.ts'
import { createVerifier, type Verifier } from './verifier.ts'

const claim = z.strictObject({
  certificateChain: z.array(z.string().min(1).max(10_000)).min(1).max(5),
  audience: z.string().min(1).max(100),
  nonce: z.string().min(1).max(200),
  signature: z.string().min(1).max(200),
})

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/** One of the two integrated verification servers (통합검증서버): says whose certificate signed a challenge. */
export async function startGpki(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readGpkiConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const now = Date.now
  const trust = await readTrust(config.TRUST_FILE)
  const link = createDownstream({
    link: `${config.SERVICE_NAME}→crl`,
    url: config.CRL_URL,
    clientTimeoutMs: config.CRL_TIMEOUT_MS,
    connections: 1,
    log,
  })
  const revocations = await followRevocations({
    link,
    issuer: certificate(trust.issuingCertificate),
    refreshMs: config.CRL_REFRESH_MS,
    timeoutMs: config.CRL_TIMEOUT_MS,
    sabotaged,
    log,
    now,
  })
  const verifier = createVerifier({
    root: certificate(trust.rootCertificate),
    revocationList: revocations.current,
    sabotaged,
    now,
  })
  const capacity = createCapacity({ table: gpkiCapacity, config })

  const router = verifyRouter(verifier, requireCaller(config.CALLERS, sabotaged), capacity)
  const checks = {
    'revocation-list': async () => {
      if (revocations.current() === undefined) throw new Error('there is no revocation list in force')
    },
  }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs, config, sabotaged),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  async function stop(): Promise<void> {
    await revocations.stop()
    await link.close()
  }
  return startService({ config, log, app, stop })
}

/** `POST /verify`: for systems that are known, who take a worker only then. */
function verifyRouter(verifier: Verifier, known: RequestHandler, capacity: Capacity<'verification'>): Router {
  const router = Router()
  router.post('/verify', known, capacity.slot('verification'), (request, response) => {
    const verification = verifier.verify(parseBody(claim, request), caller(response))
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
  return router
}

function certificate(base64: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64, 'base64'))
}
