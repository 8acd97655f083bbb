import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDatabase, migrate } from '../common/database.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readProcurementOffice } from '../enrolment/procurement.ts'
import { createBids } from './bids.ts'
import { procurementCapacity } from './capacity.ts'
import { readProcurementConfig } from './config.ts'
import { createOpening } from './opening.ts'
import { createReceiptWriter } from './receipts.ts'
import { tendersRouter } from './router.ts'
import { procurementSchema } from './schema.ts'
import { openTenders } from './tenders.ts'

/** Korea ON-line E-Procurement System (나라장터): tenders with a closing time, and sealed bids. */
export async function startProcurement(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readProcurementConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const office = await readProcurementOffice(config.PROCUREMENT_FILE)
  await migrate(config.DATABASE_URL, 'procurement', procurementSchema)
  const database = createDatabase({
    link: 'procurement→postgres',
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    timeoutMs: config.measures.deadlines?.hopMs ?? config.CLIENT_TIMEOUT_MS,
    log,
  })
  const tenders = await openTenders({
    database,
    announced: office.tenders,
    closesEveryMs: config.CLOSES_EVERY_MS,
    now: Date.now,
  })
  const capacity = createCapacity({ table: procurementCapacity, config })
  const bids = createBids({ database, writeReceipt: createReceiptWriter(office.receiptKeyPkcs8) })
  const opening = createOpening({ database })

  const checks = {
    postgres: async () => {
      if ((await database.query('select id from tenders limit 1')).length === 0) {
        throw new Error('no tender is announced')
      }
    },
  }
  const app = createApp({
    log,
    health: healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged),
    routers: [tendersRouter({ config, capacity, tenders, bidders: office.bidders, bids, opening })],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app, stop: () => database.close() })
}
