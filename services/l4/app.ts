import { answers } from '../common/answers.ts'
import type { Environment } from '../common/config.ts'
import { healthRouter } from '../common/health.ts'
import { createLog, type LogDestination } from '../common/log.ts'
import { requireToken } from '../common/require-token.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { adminRouter } from './admin-router.ts'
import { createBackends } from './backends.ts'
import { startBalancer } from './balancer.ts'
import { readL4Config } from './config.ts'
import { startHealthChecks } from './health-checks.ts'

export interface L4 extends Service {
  /** What balances; `url` is the admin API. */
  readonly entranceUrl: string
}

/** The L4 switch in front of the verification servers: a TCP balancer, and an admin API beside it. */
export async function startL4(env: Environment, destination?: LogDestination): Promise<L4> {
  const config = readL4Config(env)
  const log = createLog(config, destination)
  const sabotaged = createSabotage(config.SABOTAGE)
  const urls = { 'gpki-a': config.GPKI_A_URL, 'gpki-b': config.GPKI_B_URL }
  const backends = createBackends(urls)
  const balancer = await startBalancer({
    host: config.HOST,
    port: config.PORT,
    backends,
    connectTimeoutMs: config.CONNECT_TIMEOUT_MS,
    idleTimeoutMs: config.IDLE_TIMEOUT_MS,
    maxConnections: config.MAX_CONNECTIONS,
    log,
  })
  const stopHealthChecks = startHealthChecks({ backends, intervalMs: config.HEALTH_INTERVAL_MS, log })
  const checks = Object.fromEntries(Object.entries(urls).map(([name, url]) => [name, answers(url)]))
  const app = createApp({
    log,
    health: healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged),
    routers: [
      adminRouter({
        backends,
        balancer,
        operators: requireToken(config.OPERATOR_TOKEN, 'this is for operators of the switch', sabotaged),
        log,
      }),
    ],
    deadlines: undefined,
  })
  async function stop(): Promise<void> {
    stopHealthChecks()
    await balancer[Symbol.asyncDispose]()
  }
  try {
    const admin = await startService({ config: { ...config, PORT: config.ADMIN_PORT }, log, app, stop })
    const entranceUrl = `http://${config.HOST}:${balancer.port}`
    log.info({ event: 'l4.listening', entrance: entranceUrl }, `balances connections to ${entranceUrl}`)
    return { ...admin, entranceUrl }
  } catch (error) {
    await stop()
    throw error
  }
}
