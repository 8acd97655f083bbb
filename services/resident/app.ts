import { Router } from 'express'
import { caller, requireCaller } from '../common/callers.ts'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDatabase, migrate } from '../common/database.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { requesterOf } from '../common/requester.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { residentCapacity } from './capacity.ts'
import { readResidentConfig } from './config.ts'
import { openRegister, registerSchema } from './register.ts'

/** The resident register (주민등록시스템): gives the data of 주민등록등본 to systems that it knows, and records for whom. */
export async function startResident(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readResidentConfig(env)
  const log = createLog(config, destination)
  await migrate(config.DATABASE_URL, 'resident', registerSchema)
  const database = createDatabase({
    link: 'resident→postgres',
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    timeoutMs: config.measures.deadlines?.hopMs ?? config.CLIENT_TIMEOUT_MS,
    log,
  })
  const sabotaged = createSabotage(config.SABOTAGE)
  const register = await openRegister({
    database,
    seed: config.SEED,
    count: config.RESIDENTS,
    sabotaged,
    now: Date.now,
  })
  const capacity = createCapacity({ table: residentCapacity, config })

  const router = Router()
  const known = requireCaller(config.CALLERS, sabotaged)
  router.get('/residents/:id', known, capacity.slot('look-up'), async (request, response) => {
    const by = { system: caller(response), requester: requesterOf(request) }
    const resident = await register.find(String(request.params.id), by)
    if (resident === undefined) {
      throw new Problem(404, 'unknown-resident', `nobody is registered as ${request.params.id}`)
    }
    response.json(resident)
  })

  const checks = {
    postgres: async () => {
      if ((await register.count()) === 0) throw new Error('the register is empty')
    },
  }
  const health = healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged)
  const app = createApp({ log, health, routers: [router], deadlines: config.measures.deadlines })
  return startService({ config, log, app, stop: () => database.close() })
}
