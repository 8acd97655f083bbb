import { createPrivateKey, X509Certificate } from 'node:crypto'
import { type RequestHandler, Router } from 'express'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { parseBody } from '../common/request.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readIssuer } from '../enrolment/issuer.ts'
import { crlCapacity } from './capacity.ts'
import { readCrlConfig } from './config.ts'
import { signedList } from './list.ts'
import { openRevocationDesk, reportSchema } from './revocation-desk.ts'

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/** Before any replayed day. */
const revokedBefore = new Date('2023-01-01T00:00:00Z')

/**
 * The issuing authority's directory: a fresh revocation list each second (dates in it have no smaller part), with a
 * date until which it may be relied on, and a desk to which holders report a lost key.
 */
export async function startCrl(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readCrlConfig(env)
  const log = createLog(config, destination)
  const held = await readIssuer(config.ISSUER_FILE)
  const issuer = new X509Certificate(Buffer.from(held.issuingCertificate, 'base64'))
  const pkcs8 = Buffer.from(held.privateKeyPkcs8, 'base64')
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const before = held.revoked.map((serial) => ({ serial: serial.toUpperCase(), at: revokedBefore }))
  const sabotaged = createSabotage(config.SABOTAGE)
  const desk = await openRevocationDesk({
    issuer,
    before,
    file: config.REVOCATIONS_FILE,
    sabotaged,
    now: Date.now,
  })
  const capacity = createCapacity({ table: crlCapacity, config })
  let made = { number: 0, second: 0, count: 0, list: '' }

  function listNow(): string {
    const second = Math.floor(Date.now() / 1000)
    const { revoked } = desk
    if (made.second === second && made.count === revoked.length) return made.list
    const number = Math.max(second, made.number + 1)
    const list = signedList({
      issuer,
      key,
      number,
      thisUpdate: new Date(second * 1000),
      nextUpdate: new Date((second + config.CRL_VALID_S) * 1000),
      revoked,
    })
    made = { number, second, count: revoked.length, list: list.toString('base64') }
    return made.list
  }

  const router = Router()
  router.get('/revocation-list', capacity.slot('list'), (_request, response) => {
    response.json({ list: listNow() })
  })
  // The signature is what a stranger does not have: it is looked at before a worker is taken.
  const examine: RequestHandler = (request, response, next) => {
    response.locals.lost = desk.examine(parseBody(reportSchema, request))
    next()
  }
  router.post('/revocations', examine, capacity.slot('report'), async (_request, response) => {
    const { serial, at } = await desk.revoke(response.locals.lost as string)
    log.info({ event: 'certificate.revoked', serial }, `${serial} was reported lost`)
    response.status(201).json({ serial, at: at.getTime() })
  })

  const checks = { signing: async () => void listNow() }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs, config, sabotaged),
    routers: [router],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app, stop: () => desk.close() })
}
