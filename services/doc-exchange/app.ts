import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDatabase, migrate } from '../common/database.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readExchange } from '../enrolment/exchange.ts'
import { docExchangeCapacity } from './capacity.ts'
import { clerksRouter } from './clerks-router.ts'
import { readDocExchangeConfig } from './config.ts'
import { docExchangeSchema } from './schema.ts'
import { startSendingDesk } from './sending-desk.ts'
import { transfersRouter } from './transfers-router.ts'

/**
 * The exchange of one agency in the government's document network (정부 문서 유통망): takes documents from its clerks, keeps
 * them until the other agency's exchange has acknowledged them, and keeps what comes from there.
 */
export async function startDocExchange(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readDocExchangeConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const office = await readExchange(config.EXCHANGE_FILE)
  await migrate(config.DATABASE_URL, 'doc-exchange', docExchangeSchema(sabotaged))
  const { deadlines, verifiedExchange: settings } = config.measures
  const database = createDatabase({
    link: `${config.SERVICE_NAME}→postgres`,
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    timeoutMs: deadlines?.hopMs ?? config.CLIENT_TIMEOUT_MS,
    log,
  })
  const capacity = createCapacity({ table: docExchangeCapacity, config })
  const parts = { office, database, sabotaged, log, now: Date.now }
  const peerUrl = config.PEER_URL
  const desk = peerUrl === undefined ? undefined : startSendingDesk({ ...parts, peerUrl, settings })
  const checks = {
    postgres: async () => {
      await database.query('select 1 from sent_documents limit 1')
    },
  }
  const app = createApp({
    log,
    health: healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged),
    routers: [
      clerksRouter({ ...parts, capacity, sends: desk !== undefined }),
      transfersRouter({ ...parts, verifies: settings !== undefined }),
    ],
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      await desk?.stop()
      await database.close()
    },
  })
}
