import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDownstream, type Downstream, type DownstreamOptions } from '../common/downstream.ts'
import { healthRouter, isDeeplyHealthy } from '../common/health.ts'
import { createLog, type Log, type LogDestination } from '../common/log.ts'
import { createSabotage, type Sabotaged } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { createSwitches } from '../common/switches.ts'
import { applicationsRouter, type Given } from './applications-router.ts'
import { watchBackends } from './backend-monitor.ts'
import { gov24Capacity } from './capacity.ts'
import { type Backend, createCatalogue } from './catalogue.ts'
import { catalogueRouter } from './catalogue-router.ts'
import { type Gov24Config, gov24Switches, readGov24Config } from './config.ts'
import { createSaeolDesk, type HandIn, handInOrKeep } from './hand-in.ts'
import { startHandInDesk } from './hand-in-desk.ts'
import { createPages } from './hand-over.ts'
import { type Greeting, loginRouter } from './login-router.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { outboxRouter } from './outbox-router.ts'
import { createSessions } from './sessions.ts'

/** Government24 (정부24), the citizens' portal. */
export async function startGov24(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readGov24Config(env)
  const log = createLog(config, destination)
  const { deadlines, circuitBreaker, loadShedding, checkBeforeIssue } = config.measures
  const sabotaged = createSabotage(config.SABOTAGE)
  const links = linksOf(config, { circuitBreaker, log })
  // Probes have connections and no breaker: they must see the link as it is.
  const probes = linksOf(config, { connections: 2, log })
  const monitor = watchBackends({
    links: probes,
    intervalMs: config.PROBE_INTERVAL_MS,
    timeoutMs: config.PROBE_TIMEOUT_MS,
    healthToken: config.HEALTH_TOKEN,
    log,
  })
  const capacity = createCapacity({ table: gov24Capacity, config, loadShedding })
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
    isUp: () => monitor.states.saeol === 'up',
    sabotaged,
    log,
  })
  const services = new Map(createCatalogue().map((service) => [service.id, service]))

  const app = createApp({
    log,
    health: healthRouter(
      {
        saeol: isDeeplyHealthy(probes.saeol, config.PROBE_TIMEOUT_MS, config),
        resident: isDeeplyHealthy(probes.resident, config.PROBE_TIMEOUT_MS, config),
        'simple-auth': isDeeplyHealthy(probes['simple-auth'], config.PROBE_TIMEOUT_MS, config),
      },
      config.PROBE_TIMEOUT_MS,
      config,
      sabotaged,
    ),
    routers: [
      catalogueRouter({
        services,
        backends: monitor.states,
        keeps: outbox === undefined ? [] : ['saeol'],
        capacity,
      }),
      loginRouter({ simpleAuth: links['simple-auth'], token, sessions, capacity, laidOut }),
      applicationsRouter({
        services,
        resident: links.resident,
        handIn,
        token,
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
      await monitor.stop()
      await Promise.all([...Object.values(links), ...Object.values(probes)].map((link) => link.close()))
    },
  })
}

/** How applications come to Saeol: each as it comes, or, with `portal-first`, later where it must be. */
async function startHandingIn(parts: {
  readonly config: Gov24Config
  readonly saeol: Downstream
  readonly isUp: () => boolean
  readonly sabotaged: Sabotaged
  readonly log: Log
}): Promise<{ handIn: HandIn; outbox?: Outbox; stopHandingIn(): Promise<void> }> {
  const { config, isUp, sabotaged, log } = parts
  const saeol = createSaeolDesk(parts.saeol, config.OWN_TOKEN)
  if (config.outbox === undefined) return { handIn: saeol, async stopHandingIn() {} }
  const { file, settings } = config.outbox
  const outbox = await openOutbox({ file, now: Date.now, sabotaged })
  const desk = startHandInDesk({ outbox, saeol, settings, isUp, sabotaged, log })
  return {
    handIn: handInOrKeep({ saeol, outbox, settings, isUp }),
    outbox,
    async stopHandingIn() {
      await desk.stop()
      await outbox[Symbol.asyncDispose]()
    },
  }
}

/** The portal's ends of its links, each with connections of its own. */
function linksOf(
  config: Gov24Config,
  more: Pick<DownstreamOptions, 'circuitBreaker' | 'connections' | 'log'>,
): Record<Backend, Downstream> {
  const to = (system: Backend, url: string) =>
    createDownstream({
      clientTimeoutMs: config.CLIENT_TIMEOUT_MS,
      ...more,
      link: `gov24→${system}`,
      url,
    })
  return {
    saeol: to('saeol', config.SAEOL_URL),
    resident: to('resident', config.RESIDENT_URL),
    'simple-auth': to('simple-auth', config.SIMPLE_AUTH_URL),
  }
}
