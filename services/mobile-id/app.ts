import { Router } from 'express'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDownstream } from '../common/downstream.ts'
import { healthRouter, isDeeplyHealthy } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { requireToken } from '../common/require-token.ts'
import { createResidentClient } from '../common/resident-client.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readIssuerOfIds } from '../enrolment/mobile-ids.ts'
import { createSigner } from '../saeol/ledger/papers.ts'
import { openBook } from './book.ts'
import { mobileIdCapacity } from './capacity.ts'
import { readMobileIdConfig } from './config.ts'
import { startFinalisingDesk } from './finalising-desk.ts'
import { idsRouter } from './ids-router.ts'
import { createIssuing } from './issuing.ts'
import { createStorageClient } from './storage-client.ts'

/**
 * The issuer of mobile IDs (모바일 신분증): knows citizens by their phones, checks who they are with the resident register,
 * and gives a phone an ID once the storage keeps it (T12).
 */
export async function startMobileId(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readMobileIdConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const { OWN_TOKEN: token, CLIENT_TIMEOUT_MS: clientTimeoutMs } = config
  const { deadlines, temporaryIssuance: settings } = config.measures
  const link = (to: string, url: string) =>
    createDownstream({ link: `mobile-id→${to}`, url, clientTimeoutMs, log })
  const links = {
    resident: link('resident', config.RESIDENT_URL),
    'simple-auth': link('simple-auth', config.SIMPLE_AUTH_URL),
    'id-storage': link('id-storage', config.ID_STORAGE_URL),
  }
  const { privateKeyPkcs8 } = await readIssuerOfIds(config.ISSUER_FILE)
  const book = await openBook(config.BOOK_FILE, sabotaged)
  const storage = createStorageClient(links['id-storage'], token)
  const parts = { book, storage, sabotaged, now: Date.now }
  const issuing = createIssuing({ ...parts, sign: createSigner(privateKeyPkcs8), settings })
  const desk = settings && startFinalisingDesk({ ...parts, issuing, settings, log })

  const operators = Router()
  operators.get(
    '/ids',
    requireToken(config.OPERATOR_TOKEN, 'this is for operators', sabotaged),
    (_request, response) => {
      response.json({ ids: book.all() })
    },
  )
  const checks = Object.fromEntries(
    Object.entries(links).map(([name, one]) => [name, isDeeplyHealthy(one, config.DEEP_CHECK_MS, config)]),
  )
  const app = createApp({
    log,
    health: healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged),
    routers: [
      operators,
      idsRouter({
        issuing,
        simpleAuth: links['simple-auth'],
        register: createResidentClient(links.resident, token),
        token,
        capacity: createCapacity({ table: mobileIdCapacity, config }),
        sabotaged,
      }),
    ],
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      await desk?.stop()
      await Promise.all(Object.values(links).map((one) => one.close()))
      await book[Symbol.asyncDispose]()
    },
  })
}
