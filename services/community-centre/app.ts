import { createCapacity } from '../common/capacity.ts'
import { ConfigurationError, type Environment } from '../common/config.ts'
import { createDownstream, type Downstream } from '../common/downstream.ts'
import { healthRouter, isDeeplyHealthy } from '../common/health.ts'
import { createLog, type Log, type LogDestination } from '../common/log.ts'
import { createSabotage } from '../common/sabotage.ts'
import { createApp, type Service, startService } from '../common/service.ts'
import { type Centre, readCentre } from '../enrolment/centre.ts'
import type { Person } from '../enrolment/people.ts'
import { createSigner } from '../saeol/ledger/papers.ts'
import { communityCentreCapacity } from './capacity.ts'
import { type Clerk, createClerk } from './clerks/clerk.ts'
import { createLogIn } from './clerks/login.ts'
import { readCommunityCentreConfig } from './config.ts'
import { createCounter } from './counter.ts'
import { startEntryDesk } from './entry-desk.ts'
import { openReceiptBook } from './receipts/receipt-book.ts'
import { receiptsRouter } from './receipts-router.ts'
import { createTroubleDesk } from './trouble-desk.ts'
import { visitsRouter } from './visits-router.ts'

/** The community service centres (동 주민센터): the counters where officials and citizens meet. */
export async function startCommunityCentre(env: Environment, destination?: LogDestination): Promise<Service> {
  const config = readCommunityCentreConfig(env)
  const log = createLog(config, destination)
  const { deadlines, manualIntake } = config.measures
  const sabotaged = createSabotage(config.SABOTAGE)
  const now = Date.now
  const centre = await readCentre(config.CENTRE_FILE)
  const { clerks: people, counters } = centre
  const offices = staffedOffices(config, centre)
  const { saeol, backOffice } = linkToSaeol(config, offices.length, log)
  const signers = new Map(
    counters.map(({ office, privateKeyPkcs8 }) => [office, createSigner(privateKeyPkcs8)]),
  )
  const file = config.RECEIPTS_FILE
  const receipts = await openReceiptBook({ file, counters: signers, now, sabotaged })
  const logIn = createLogIn(saeol, now)
  const clerks = staff(people, (person) =>
    createClerk({ person, logIn, certificateSessionMs: config.CLERK_SESSION_MS, now }),
  )
  // Receipts that a crash left behind are entered too.
  const desk =
    manualIntake &&
    startEntryDesk({
      receipts,
      saeol: backOffice,
      clerks,
      settings: manualIntake,
      healthToken: config.HEALTH_TOKEN,
      troubles: createTroubleDesk({ saeol: backOffice, counters: signers, sabotaged, log }),
      sabotaged,
      log,
      now,
    })

  const checks = { saeol: isDeeplyHealthy(backOffice, config.DEEP_CHECK_MS, config) }
  const app = createApp({
    log,
    health: healthRouter(checks, config.DEEP_CHECK_MS, config, sabotaged),
    routers: [
      visitsRouter({
        offices,
        serve: createCounter({ saeol, clerks }),
        capacity: createCapacity({ table: communityCentreCapacity, config }),
        receipts,
        manualIntake,
        sabotaged,
        log,
      }),
      receiptsRouter(receipts, config.RECONCILER_TOKEN),
    ],
    deadlines,
  })
  return startService({
    config,
    log,
    app,
    async stop() {
      await desk?.stop()
      await Promise.all([saeol.close(), backOffice.close()])
      await receipts[Symbol.asyncDispose]()
    },
  })
}

function staff(people: readonly Person[], create: (person: Person) => Clerk): ReadonlyMap<string, Clerk[]> {
  const byOffice = new Map<string, Clerk[]>()
  for (const person of people) {
    byOffice.set(person.office, [...(byOffice.get(person.office) ?? []), create(person)])
  }
  return byOffice
}

/**
 * @throws ConfigurationError where nobody is there, or one clerk alone, who could not verify what they enter, or where
 * the counter has no key, and could not write a receipt
 */
function staffedOffices(
  { SERVICE_NAME, CENTRE_FILE, measures }: ReturnType<typeof readCommunityCentreConfig>,
  { clerks: people, counters }: Centre,
): string[] {
  const offices = [...new Set(people.map(({ office }) => office))]
  if (offices.length === 0)
    throw new ConfigurationError(SERVICE_NAME, [`CENTRE_FILE: there is no clerk in ${CENTRE_FILE}`])
  const alone = offices.filter((office) => people.filter((person) => person.office === office).length < 2)
  if (measures.manualIntake !== undefined && alone.length > 0)
    throw new ConfigurationError(SERVICE_NAME, [
      `CENTRE_FILE: manual intake needs two clerks to enter receipts, and there is one in ${alone.join(', ')}`,
    ])
  const keyless = offices.filter((office) => !counters.some((counter) => counter.office === office))
  if (measures.manualIntake !== undefined && keyless.length > 0)
    throw new ConfigurationError(SERVICE_NAME, [
      `CENTRE_FILE: manual intake needs a key for each counter, and there is none of ${keyless.join(', ')}`,
    ])
  return offices
}

/** Connections of what is no live work: the desk's and the checks'. */
const fewConnections = 8

/** Live work, and what is not: that has connections of its own, and sees the link as it is. */
function linkToSaeol(
  { SAEOL_URL, CLIENT_TIMEOUT_MS, measures }: ReturnType<typeof readCommunityCentreConfig>,
  offices: number,
  log: Log,
): { saeol: Downstream; backOffice: Downstream } {
  const link = { link: 'community-centre→saeol', url: SAEOL_URL, clientTimeoutMs: CLIENT_TIMEOUT_MS, log }
  // Two clerks of each office enter receipts.
  const underWay = 2 * offices * (measures.manualIntake?.entriesAtOnce ?? 1)
  return {
    saeol: createDownstream({ ...link, circuitBreaker: measures.circuitBreaker }),
    backOffice: createDownstream({ ...link, connections: Math.max(fewConnections, underWay) }),
  }
}
