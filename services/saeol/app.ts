import { createBudget } from '../common/budget.ts'
import { createCapacity } from '../common/capacity.ts'
import type { Environment } from '../common/config.ts'
import { createDatabase, migrate } from '../common/database.ts'
import { createDownstream, type Downstream } from '../common/downstream.ts'
import { type DeepCheck, deepHealth, healthRouter } from '../common/health.ts'
import { createLog, type Log, type LogDestination } from '../common/log.ts'
import { createSabotage, type Sabotaged } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { createSwitchPair, type SwitchPair, throughPair } from '../common/switch-pair.ts'
import { readRegister } from '../enrolment/register.ts'
import { createAudit } from './audit/audit.ts'
import { createRefusals } from './audit/refusals.ts'
import { auditSchema } from './audit/schema.ts'
import { createPostgresSink } from './audit/sink.ts'
import { openSpool } from './audit/spool.ts'
import { saeolCapacity } from './capacity.ts'
import { certificatesRouter } from './certificates/router.ts'
import { certificatesSchema } from './certificates/schema.ts'
import { readSaeolConfig } from './config.ts'
import type { SaeolDeps } from './deps.ts'
import { createDutyDoor } from './fallback/duty-door.ts'
import { startFallback } from './fallback/fallback.ts'
import { createOwnLook } from './fallback/own-look.ts'
import { fallbackRouter } from './fallback/router.ts'
import { fallbackSchema } from './fallback/schema.ts'
import { applicationsRouter } from './ledger/applications-router.ts'
import { entriesRouter } from './ledger/entries-router.ts'
import { outageWindowsRouter } from './ledger/outage-windows-router.ts'
import { ledgerSchema } from './ledger/schema.ts'
import { troubleReportsRouter } from './ledger/trouble-reports-router.ts'
import { gpkiCheck } from './login/gpki-check.ts'
import { loginRouter } from './login/router.ts'
import { loginSchema } from './login/schema.ts'
import { noticesRouter } from './notices/router.ts'
import { sessionsRouter } from './sessions/router.ts'
import { sessionSchema } from './sessions/schema.ts'
import { createSessionStore } from './sessions/store.ts'

/** The audit has connections of its own, so that it is not what waits when requests have taken all others. */
const auditConnections = 2
/** How long the audit waits for PostgreSQL before it spools, in ms. */
const auditTimeoutMs = 1_000

/** The local administration system (시도·새올행정시스템) with which officials issue certificates. */
export async function startSaeol(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readSaeolConfig(env)
  const log = createLog(config, destination)
  const { deadlines, circuitBreaker } = config.measures
  const sabotaged = createSabotage(config.SABOTAGE)
  const now = Date.now
  const register = await readRegister(config.REGISTER_FILE)
  await migrate(config.DATABASE_URL, 'saeol', schema(sabotaged, config.AUDIT_KEY))
  const database = createDatabase({
    link: 'saeol→postgres',
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL,
    timeoutMs: deadlines?.hopMs ?? config.CLIENT_TIMEOUT_MS,
    log,
  })
  const { audit, refusals, auditDatabase } = await openAudit(config, log, sabotaged)
  const link = { clientTimeoutMs: config.CLIENT_TIMEOUT_MS, circuitBreaker, log }
  const { switches, gpki } = openGpki(config, link)
  const resident = createDownstream({ ...link, link: 'saeol→resident', url: config.RESIDENT_URL })
  const capacity = openCapacity(config)
  const fallback = await startFallback({ config, database, audit, log, sabotaged, now })
  const sessions = createSessionStore({ config, database, sabotaged, log, now })
  const ownLook = createOwnLook(now)
  const dutyDoor = createDutyDoor({ audit, roomToken: config.ROOM_TOKEN, now })
  const deps = {
    config,
    log,
    database,
    gpki,
    resident,
    capacity,
    sabotaged,
    audit,
    refusals,
    register,
    fallback,
    sessions,
    ownLook,
    dutyDoor,
    now,
  }

  const app = createApp({
    log,
    health: healthRouter(checksOf({ ...deps, switches }), config.DEEP_CHECK_MS, config, sabotaged),
    guards: [dutyDoor.router],
    routers: routersOf(deps),
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      fallback.stop()
      await Promise.all([gpki.close(), resident.close()])
      await refusals.close()
      await audit.close()
      await Promise.all([auditDatabase.close(), database.close()])
    },
  })
}

function schema(sabotaged: Sabotaged, auditKey: string): string {
  return [
    sessionSchema,
    loginSchema,
    fallbackSchema,
    auditSchema(auditKey),
    certificatesSchema(sabotaged),
    ledgerSchema(sabotaged),
  ].join(';\n')
}

function openCapacity(config: ReturnType<typeof readSaeolConfig>) {
  const { loadShedding, retroactiveEntry: settings } = config.measures
  const behindLive = settings && { workClass: 'entry' as const, settings }
  return createCapacity({ table: saeolCapacity, config, loadShedding, behindLive })
}

/** What its deep health looks at. */
function checksOf(
  deps: Pick<SaeolDeps, 'config' | 'database' | 'register' | 'resident' | 'sabotaged'> & {
    readonly ownLook: ReturnType<typeof createOwnLook>
    readonly switches: SwitchPair
  },
): Record<string, DeepCheck> {
  const { config, database, register, resident, ownLook, switches, sabotaged } = deps
  return {
    postgres: () => database.query('select 1').then(() => {}),
    gpki: ownLook.noting(gpkiCheck({ switches, probe: register.probe, token: config.OWN_TOKEN, sabotaged })),
    resident: residentCheck(resident, config),
  }
}

function residentCheck(
  resident: Downstream,
  { DEEP_CHECK_MS: timeoutMs, HEALTH_TOKEN }: SaeolDeps['config'],
): DeepCheck {
  return async (signal) => {
    const budget = createBudget({ totalMs: timeoutMs, signal })
    const { status } = await resident.call(deepHealth(HEALTH_TOKEN), budget)
    if (status !== 200) throw new Error(`the resident register answered ${status}`)
  }
}

/** GPKI behind the switch in front of it, or behind either of two. */
function openGpki(
  config: ReturnType<typeof readSaeolConfig>,
  link: Omit<Parameters<typeof createDownstream>[0], 'link' | 'url'>,
) {
  const { GPKI_URL: first, GPKI_STANDBY_URL: standby, SERVICE_NAME: service, measures } = config
  const switches = createSwitchPair({ service, first, standby, measure: measures.standbyL4, log: link.log })
  const downstreams = new Map([[first, createDownstream({ ...link, link: 'saeol→l4', url: first })]])
  if (standby !== undefined)
    downstreams.set(standby, createDownstream({ ...link, link: 'saeol→l4-standby', url: standby }))
  return { switches, gpki: throughPair(switches, downstreams) }
}

/** The audit, its spool, and connections of its own. */
async function openAudit(config: ReturnType<typeof readSaeolConfig>, log: Log, sabotaged: Sabotaged) {
  const auditDatabase = createDatabase({
    link: 'saeol→postgres',
    url: config.DATABASE_URL,
    poolSize: auditConnections,
    timeoutMs: auditTimeoutMs,
    log,
  })
  const spool = await openSpool({
    file: config.AUDIT_SPOOL_FILE,
    limitBytes: config.AUDIT_SPOOL_BYTES,
    key: config.AUDIT_KEY,
  })
  const sink = createPostgresSink({ database: auditDatabase, key: config.AUDIT_KEY, log, sabotaged })
  const audit = createAudit({ sink, spool, sabotaged, log, now: Date.now })
  const refusals = createRefusals({
    audit,
    limits: {
      perSource: config.REFUSALS_PER_SOURCE,
      inAll: config.REFUSALS_IN_ALL,
      periodMs: config.REFUSALS_PERIOD_MS,
    },
    unlimited: sabotaged('audits-before-throttle'),
    now: Date.now,
  })
  return { audit, refusals, auditDatabase }
}

function routersOf(
  deps: Parameters<typeof loginRouter>[0] &
    Parameters<typeof fallbackRouter>[0] &
    Parameters<typeof outageWindowsRouter>[0] &
    Parameters<typeof troubleReportsRouter>[0],
) {
  return [
    loginRouter(deps),
    sessionsRouter(deps),
    fallbackRouter(deps),
    certificatesRouter(deps),
    noticesRouter(deps),
    entriesRouter(deps),
    applicationsRouter(deps),
    outageWindowsRouter(deps),
    troubleReportsRouter(deps),
  ]
}
