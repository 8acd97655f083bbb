/** The mock administrative network as the harness sees it: the only bridge between the engine and the services. */
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  defineSystem,
  type MeasureSpec,
  moduleUrl,
  projectVersion,
  type ServiceSpec,
  type ServicesImage,
  type System,
} from '../harness/index.ts'
import { sabotageNames } from '../services/common/sabotage.ts'
import { enrolled, enrolmentSabotages } from '../services/enrolment/cache.ts'
import { alternativeSite } from '../services/measures/alternative-site.ts'
import { checkBeforeIssue } from '../services/measures/check-before-issue.ts'
import { circuitBreaker } from '../services/measures/circuit-breaker.ts'
import { deadlineExtension } from '../services/measures/deadline-extension.ts'
import { deadlines } from '../services/measures/deadlines.ts'
import { loadShedding } from '../services/measures/load-shedding.ts'
import { manualIntake } from '../services/measures/manual-intake.ts'
import { type Measure, measureVariable } from '../services/measures/measure.ts'
import { passwordFallback } from '../services/measures/password-fallback.ts'
import { perSourceQuota } from '../services/measures/per-source-quota.ts'
import { portalFirst } from '../services/measures/portal-first.ts'
import { retroactiveEntry } from '../services/measures/retroactive-entry.ts'
import { segmentTests } from '../services/measures/segment-tests.ts'
import { sessionAdmission } from '../services/measures/session-admission.ts'
import { situationRoom } from '../services/measures/situation-room.ts'
import { standbyL4 } from '../services/measures/standby-l4.ts'
import { temporaryIssuance } from '../services/measures/temporary-issuance.ts'
import { verifiedExchange } from '../services/measures/verified-exchange.ts'
import { actions } from './actions.ts'
import * as journeys from './journeys/index.ts'
import { invariants } from './ledgers/index.ts'
import { links } from './links.ts'
import { switches } from './switches.ts'

/** The districts whose counters are staffed. */
const offices = 5

function service(
  folder: string,
  environment: (
    files: Readonly<Record<string, string>>,
    scratch: string,
  ) => Record<string, string> = () => ({}),
  healthPath = '/health',
): ServiceSpec {
  return {
    kind: 'node',
    module: moduleUrl(import.meta.url, `../services/${folder}/main.ts`),
    ports: { main: 'PORT' },
    health: { path: healthPath },
    environment: ({ files, scratch }) => environment(files, scratch),
  }
}

const gpki = service('gpki', (files) => ({ TRUST_FILE: files.trust! }))

const l4: ServiceSpec = {
  kind: 'node',
  module: moduleUrl(import.meta.url, '../services/l4/main.ts'),
  ports: { main: 'PORT', admin: 'ADMIN_PORT' },
  health: { path: '/health', port: 'admin' },
}

const front: ServiceSpec = {
  kind: 'node',
  module: moduleUrl(import.meta.url, '../services/front/main.ts'),
  ports: {
    offices: 'PORT',
    admin: 'ADMIN_PORT',
    outside: 'OUTSIDE_PORT',
    abroad: 'ABROAD_PORT',
    branch: 'BRANCH_PORT',
  },
  health: { path: '/health', port: 'admin' },
}

/** Where citizens are sent while the portal cannot serve them. */
const siteOf = (site: string): ServiceSpec => ({
  ...service('alternative-site', () => ({ SITE: site })),
  optional: true,
})

/** One end of the government's document network. */
const exchangeOf = (agency: string): ServiceSpec => ({
  ...service('doc-exchange', (files) => ({ EXCHANGE_FILE: files[`exchange-${agency}`]! })),
  optional: true,
})

const services: System['services'] = {
  postgres: { kind: 'postgres', database: 'saeol' },
  crl: service('crl', (files, scratch) => ({
    ISSUER_FILE: files.issuer!,
    REVOCATIONS_FILE: `${scratch}/revocations.jsonl`,
  })),
  'gpki-a': gpki,
  'gpki-b': gpki,
  l4,
  'l4-standby': { ...l4, optional: true },
  resident: service('resident'),
  saeol: service('saeol', (files, scratch) => ({
    REGISTER_FILE: files.register!,
    AUDIT_SPOOL_FILE: `${scratch}/audit-spool.jsonl`,
  })),
  front,
  'simple-auth': service('simple-auth', (files) => ({ PHONES_FILE: files.phones! })),
  gov24: service('gov24', (_files, scratch) => ({ OUTBOX_FILE: `${scratch}/outbox.jsonl` }), '/health/open'),
  'community-centre': service('community-centre', (files, scratch) => ({
    CENTRE_FILE: files.centre!,
    RECEIPTS_FILE: `${scratch}/receipts.jsonl`,
  })),
  'situation-room': service('situation-room', (files) => ({
    ROOM_FILE: files.room!,
    DESK_1_FILE: files['desk-1']!,
    DESK_2_FILE: files['desk-2']!,
    DESK_3_FILE: files['desk-3']!,
  })),
  procurement: {
    ...service('procurement', (files) => ({ PROCUREMENT_FILE: files.procurement! })),
    optional: true,
  },
  'procurement-front': { ...front, optional: true },
  kiosk: siteOf('kiosk'),
  'call-centre': siteOf('call-centre'),
  'exchange-ministry': exchangeOf('ministry'),
  'exchange-district': exchangeOf('district'),
  'mobile-id': {
    ...service('mobile-id', (files, scratch) => ({
      ISSUER_FILE: files['id-issuer']!,
      BOOK_FILE: `${scratch}/ids.jsonl`,
    })),
    optional: true,
  },
  'id-storage': {
    ...service('id-storage', (_files, scratch) => ({ STORAGE_FILE: `${scratch}/ids.jsonl` })),
    optional: true,
  },
  'id-verifier': {
    ...service('id-verifier', (files) => ({ VERIFIER_FILE: files['id-verifier']! })),
    optional: true,
  },
}

/** Measures are mechanisms inside the services; every service learns of every measure and takes what it knows. */
const measures: Record<string, MeasureSpec> = Object.fromEntries(
  [
    deadlines,
    circuitBreaker,
    passwordFallback,
    manualIntake,
    retroactiveEntry,
    loadShedding,
    standbyL4,
    perSourceQuota,
    deadlineExtension,
    situationRoom,
    segmentTests,
    sessionAdmission,
    checkBeforeIssue,
    portalFirst,
    alternativeSite,
    verifiedExchange,
    temporaryIssuance,
  ].map((measure: Measure) => [
    measure.name,
    {
      summary: measure.title,
      problems: (params) =>
        (measure.parameters.safeParse(params).error?.issues ?? []).map(({ path, message }) =>
          [...path, message].join(': '),
        ),
      environment: (params) => everyService({ [measureVariable(measure.name)]: JSON.stringify(params) }),
    } satisfies MeasureSpec,
  ]),
)

/** The same variables for every service but PostgreSQL. */
function everyService(variables: Record<string, string>): Record<string, Record<string, string>> {
  const names = Object.keys(services).filter((name) => services[name]!.kind === 'node')
  return Object.fromEntries(names.map((name) => [name, variables]))
}

const checkout = fileURLToPath(new URL('../', import.meta.url))

/** Built from a checkout, where the services stand as they are written; a package has no Dockerfile, and takes it as it is. */
function imageOf(target: string, sources: readonly string[]): Pick<ServicesImage, 'tag' | 'build'> {
  const dockerfile = 'services/Dockerfile'
  return {
    tag: `saeol-chaos/${target}:${projectVersion}`,
    ...(existsSync(join(checkout, dockerfile)) && {
      build: { context: checkout, dockerfile, target, sources },
    }),
  }
}

const sources = ['package.json', 'package-lock.json', '.npmrc', 'services']
const image: ServicesImage = {
  ...imageOf('services', sources),
  entry: (module) => `/app/${relative(checkout, fileURLToPath(module)).replace(/\.js$/, '.ts')}`,
  netadmin: imageOf('netadmin', sources),
}

export const administrativeNetwork = defineSystem({
  name: 'administrative-network',
  services,
  links,
  journeys: { module: moduleUrl(import.meta.url, './journeys/index.ts'), all: Object.values(journeys) },
  measures,
  actions,
  switches,
  async prepare({ cacheDir, seed, sabotages = [] }) {
    const files = await enrolled({
      cacheDir,
      seed,
      offices,
      sabotages: enrolmentSabotages.filter((name) => sabotages.includes(name)),
    })
    return {
      people: files.peopleFile,
      centre: files.centreFile,
      register: files.registerFile,
      room: files.roomFile,
      'desk-1': files.desk1File,
      'desk-2': files.desk2File,
      'desk-3': files.desk3File,
      trust: files.trustFile,
      issuer: files.issuerFile,
      phones: files.phonesFile,
      procurement: files.procurementFile,
      'exchange-ministry': files.exchangeMinistryFile,
      'exchange-district': files.exchangeDistrictFile,
      'id-issuer': files.idIssuerFile,
      'id-verifier': files.idVerifierFile,
    }
  },
  userData: 'people',
  sabotages: {
    names: sabotageNames,
    environment: (names) => everyService({ SABOTAGE: names.join(',') }),
  },
  invariants,
  image,
})
