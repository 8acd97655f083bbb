import { createCapacity } from '../common/capacity.ts'
import { createChallenges } from '../common/challenges.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { createResidentClient } from '../common/resident-client.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { createSwitches } from '../common/switches.ts'
import { applicationsRouter, type Given } from './applications-router.ts'
import { gov24Capacity } from './capacity.ts'
import { createCatalogue } from './catalogue.ts'
import { catalogueRouter } from './catalogue-router.ts'
import { gov24Switches, readGov24Config } from './config.ts'
import { startHandingIn } from './hand-in.ts'
import { createPages } from './hand-over.ts'
import { linksOf } from './links.ts'
import { type Greeting, loginRouter } from './login-router.ts'
import { openingRouter } from './opening-router.ts'
import { outboxRouter } from './outbox-router.ts'
import { createSessions } from './sessions.ts'
import { startWatch } from './watch.ts'

/** Government24 (정부24), the citizens' portal. */
export async function startGov24(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readGov24Config(env)
  const log = createLog(config, destination)
  const { deadlines, circuitBreaker, loadShedding, checkBeforeIssue } = config.measures
  const sabotaged = createSabotage(config.SABOTAGE)
  const links = linksOf(config, { circuitBreaker, log })
  const watch = startWatch(config, log)
  const capacity = createCapacity({ table: gov24Capacity, config, loadShedding })
  const challenges = createChallenges(sabotaged, Date.now)
  const sessions = createSessions({ ttlMs: config.SESSION_TTL_MS, sabotaged, now: Date.now })
  const switches = createSwitches({ names: gov24Switches, token: config.OPERATOR_TOKEN, sabotaged, log })
  const { handOver, laidOut } = createPages<Given, Greeting>({
    sabotaged,
    crossed: () => switches.isOn('crossed-answers'),
    check: checkBeforeIssue,
    log,
  })
  const token = config.OWN_TOKEN
  const { handIn, outbox, stopHandingIn } = await startHandingIn({
    config,
    saeol: links.saeol,
    isUp: () => watch.backends.saeol === 'up',
    sabotaged,
    log,
  })
  const services = new Map(createCatalogue().map((service) => [service.id, service]))

  const app = createApp({
    log,
    health: healthRouter(watch.checks, config.PROBE_TIMEOUT_MS, config, sabotaged),
    routers: [
      openingRouter(watch.haveAllBeenUp),
      catalogueRouter({
        services,
        standing: () => ({
          backends: watch.backends,
          keeps: outbox === undefined ? [] : ['saeol'],
          sites: watch.sites,
        }),
        capacity,
        sabotaged,
      }),
      loginRouter({ simpleAuth: links['simple-auth'], token, challenges, sessions, capacity, laidOut }),
      applicationsRouter({
        services,
        register: createResidentClient(links.resident, token),
        handIn,
        capacity,
        sessions,
        handOver,
        sabotaged,
      }),
      switches.router,
      outboxRouter(outbox, config.OPERATOR_TOKEN, sabotaged),
    ],
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      await stopHandingIn()
      await watch.stop()
      await Promise.all(Object.values(links).map((link) => link.close()))
    },
  })
}
