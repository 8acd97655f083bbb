import { type RequestHandler, Router } from 'express'
import { caller, requireCaller } from '../common/callers.ts'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { Problem } from '../common/problem.ts'
import { parseBody } from '../common/request.ts'
import { requireToken } from '../common/require-token.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { createSwitches } from '../common/switches.ts'
import { mobileIdSchema } from '../mobile-id/document.ts'
import { idStorageCapacity } from './capacity.ts'
import { idStorageSwitches, readIdStorageConfig } from './config.ts'
import { openStore } from './store.ts'

/** Longest wait for the check of /health/deep, in ms; it asks nobody. */
const deepCheckMs = 1_000

/**
 * Keeps the mobile IDs that count, for the systems on its access list. A list that an update spoils turns the issuer away:
 * that stopped new issuance on 24 November (T12), while everything here was up.
 */
export async function startIdStorage(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readIdStorageConfig(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const { OPERATOR_TOKEN: token } = config
  const switches = createSwitches({ names: idStorageSwitches, token, sabotaged, log })
  const store = await openStore(config.STORAGE_FILE)
  const capacity = createCapacity({ table: idStorageCapacity, config })

  const known = requireCaller(config.CALLERS, sabotaged)
  /** Before the worker and before the body is looked at. */
  const listed: RequestHandler = (_request, response, next) => {
    const system = caller(response)
    if (switches.isOn('wrong-access-list') || !config.ACCESS_LIST.includes(system))
      throw new Problem(403, 'not-on-access-list', `${system} is not on the access list`)
    next()
  }
  const router = Router()
  router.get('/ids', requireToken(token, 'this is for operators', sabotaged), (_request, response) => {
    response.json({ ids: store.all() })
  })
  router.post('/ids', known, listed, capacity.slot('keep'), async (request, response) => {
    const id = parseBody(mobileIdSchema, request)
    response.status((await store.keep(id)) ? 201 : 200).json({ number: id.number })
  })
  router.post('/ids/:number/removal', known, listed, capacity.slot('keep'), async (request, response) => {
    const number = String(request.params.number)
    await store.remove(number)
    response.json({ number })
  })

  const checks = { store: async () => void store.all() }
  const app = createApp({
    log,
    health: healthRouter(checks, deepCheckMs, config, sabotaged),
    routers: [router, switches.router],
    deadlines: config.measures.deadlines,
  })
  return startService({ config, log, app, stop: async () => store[Symbol.asyncDispose]() })
}
