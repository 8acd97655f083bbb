import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDatabase, type Database, migrate } from '../common/database.ts'
import { type DeepCheck, healthRouter } from '../common/health.ts'
import { createLog, type Log, type LogDestination } from '../common/log.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { readProcurementOffice } from '../enrolment/procurement.ts'
import { createBids } from './bids.ts'
import { meanListMs, procurementCapacity } from './capacity.ts'
import { readProcurementConfig } from './config.ts'
import { createExtensions, extensionsSchema } from './extensions.ts'
import { extensionsGuard, extensionsRouter } from './extensions-router.ts'
import { createOpening } from './opening.ts'
import { ownLookSchema, startOwnLook } from './own-look.ts'
import { createReceiptWriter } from './receipts.ts'
import { tendersRouter } from './router.ts'
import { procurementSchema } from './schema.ts'
import { createSourceQuota } from './sources.ts'
import { openTenders } from './tenders.ts'

/** Korea ON-line E-Procurement System (나라장터): tenders with a closing time, and sealed bids. */
export async function startProcurement(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readProcurementConfig(env)
  const log = createLog(config, destination)
  const { deadlines, perSourceQuota, deadlineExtension } = config.measures
  const sabotaged = createSabotage(config.SABOTAGE)
  const now = Date.now
  const office = await readProcurementOffice(config.PROCUREMENT_FILE)
  const schema = [procurementSchema(sabotaged), extensionsSchema, ownLookSchema].join(';\n')
  await migrate(config.DATABASE_URL, 'procurement', schema)
  const database = databaseOf(config, log)
  const quota = perSourceQuota && createSourceQuota({ settings: perSourceQuota, config, log })
  const capacity = createCapacity({ table: procurementCapacity, config, admission: quota?.admission })
  const ownLook = startOwnLook({
    capacity,
    slots: config.SLOTS ?? procurementCapacity.slots,
    meanMs: meanListMs(config.SERVICE_TIME_MS),
    database,
    log,
    now,
  })
  const { dutyOfficers, bidders } = office
  const parts = {
    config,
    capacity,
    bidders,
    tenders: await openTenders({
      database,
      announced: office.tenders,
      closesEveryMs: config.CLOSES_EVERY_MS,
      now,
    }),
    bids: createBids({ database, writeReceipt: createReceiptWriter(office.receiptKeyPkcs8), sabotaged }),
    opening: createOpening({ database, sabotaged }),
  }
  const extensions = createExtensions({ database, sabotaged })
  const settings = deadlineExtension
  const app = createApp({
    log,
    health: healthRouter({ postgres: areAnnounced(database) }, config.DEEP_CHECK_MS, config, sabotaged),
    guards: [
      ownLook.router,
      ...(quota === undefined ? [] : [quota.router]),
      extensionsGuard({ roomToken: config.ROOM_TOKEN, now }),
    ],
    routers: [
      tendersRouter(parts),
      extensionsRouter({ settings, dutyOfficers, extensions, ownLook, sabotaged, log, now }),
    ],
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      ownLook.stop()
      await database.close()
    },
  })
}

function databaseOf(config: ReturnType<typeof readProcurementConfig>, log: Log): Database {
  return createDatabase({
    link: 'procurement→postgres',
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    timeoutMs: config.measures.deadlines?.hopMs ?? config.CLIENT_TIMEOUT_MS,
    log,
  })
}

function areAnnounced(database: Database): DeepCheck {
  return async () => {
    const some = await database.query('select id from tenders limit 1')
    if (some.length === 0) throw new Error('no tender is announced')
  }
}
