import { createPrivateKey, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, type Database } from '../../services/common/database.ts'
import { createLog } from '../../services/common/log.ts'
import type { Service } from '../../services/common/service.ts'
import { startCrl } from '../../services/crl/app.ts'
import { enrolled } from '../../services/enrolment/cache.ts'
import { type Centre, readCentre } from '../../services/enrolment/centre.ts'
import { type People, type Person, readPeople } from '../../services/enrolment/people.ts'
import { startGpki } from '../../services/gpki/app.ts'
import { challengeText } from '../../services/gpki/challenge.ts'
import { startResident } from '../../services/resident/app.ts'
import { startSaeol } from '../../services/saeol/app.ts'
import { canonicalJson } from '../../services/saeol/audit/canonical-json.ts'
import { type Duty, dutyOf, roomFiles } from './duty.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

type Env = Record<string, string>

/** People, GPKI and PostgreSQL, over which each test starts a Saeol of its own. */
export interface TestNetwork extends AsyncDisposable {
  readonly people: People
  readonly room: Duty
  readonly centre: Centre
  readonly centreFile: string
  readonly roomFiles: Env
  readonly postgres: TestPostgres
  readonly gpkiUrl: string
  /** A Saeol with a database and a resident register of its own, without service times unless `env` sets them. */
  startSaeol(env?: Env): Promise<TestSaeol>
}

export interface TestSaeol extends AsyncDisposable {
  readonly url: string
  readonly databaseUrl: string
  readonly residentUrl: string
  readonly database: Database
  /** Events of its log so far. */
  readonly events: Record<string, unknown>[]
  /** Logs in by certificate; returns the session's token. */
  logIn(person: Person): Promise<string>
  post(path: string, body: unknown, headers?: Env): Promise<Answer>
  /** Two duty officers declare an outage, or close it. */
  declareOutage(window: { office: string; from: Date; to: Date | null; system?: string }): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

export const noServiceTime = { SERVICE_TIME_MS: '0', LOG_LEVEL: 'info' }

export async function startNetwork(): Promise<TestNetwork> {
  await using stack = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-network-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  const cacheDir = join(tmpdir(), `saeol-chaos-test-people-${process.getuid?.() ?? 'user'}`)
  const sizes = {
    officials: 10,
    disabled: 1,
    revoked: 1,
    unenrolled: 1,
    offices: 2,
    clerksPerOffice: 3,
    residents: 50,
  }
  const postgres = stack.use(await startPostgres())
  const files = await enrolled({ cacheDir, seed: 'tests', ...sizes })
  const [people, room, centre] = await Promise.all([
    readPeople(files.peopleFile),
    dutyOf(files),
    readCentre(files.centreFile),
  ])
  const quiet = { write: () => {} }
  const crl = stack.use(
    await startCrl(
      {
        PORT: '0',
        ISSUER_FILE: files.issuerFile,
        REVOCATIONS_FILE: join(directory, 'revocations.jsonl'),
        ...noServiceTime,
      },
      quiet,
    ),
  )
  const gpki = stack.use(
    await startGpki({ PORT: '0', TRUST_FILE: files.trustFile, CRL_URL: crl.url, ...noServiceTime }, quiet),
  )
  const started = stack.move()
  let saeols = 0

  return {
    people,
    room,
    centre,
    centreFile: files.centreFile,
    roomFiles: roomFiles(files),
    postgres,
    gpkiUrl: gpki.url,
    async startSaeol(env = {}) {
      const databaseUrl = await postgres.createDatabase()
      const base = { PORT: '0', DATABASE_URL: databaseUrl, ...noServiceTime }
      const resident = await startResident({ ...base, RESIDENTS: '50' }, quiet)
      const events: Record<string, unknown>[] = []
      const saeol = await startSaeol(
        {
          ...base,
          GPKI_URL: gpki.url,
          RESIDENT_URL: resident.url,
          REGISTER_FILE: files.registerFile,
          AUDIT_SPOOL_FILE: join(directory, `spool-${saeols++}`),
          ...env,
        },
        { write: (line) => events.push(JSON.parse(line)) },
      )
      return testSaeol({ saeol, resident, databaseUrl, events, room })
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

function testSaeol(parts: {
  readonly saeol: Service
  readonly resident: Service
  readonly databaseUrl: string
  readonly events: Record<string, unknown>[]
  readonly room: Duty
}): TestSaeol {
  const { saeol, resident, databaseUrl, events, room } = parts
  const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
  const database = createDatabase({ url: databaseUrl, poolSize: 2, timeoutMs: 10_000, log })

  async function post(path: string, body: unknown, headers: Env = {}): Promise<Answer> {
    return send(`${saeol.url}${path}`, body, headers)
  }

  return {
    url: saeol.url,
    databaseUrl,
    residentUrl: resident.url,
    database,
    events,
    post,
    async logIn(person) {
      const { body: challenge } = await post('/login/challenge', {})
      const nonce = String(challenge.nonce)
      const asked = { audience: 'saeol', nonce }
      const signature = signBase64(person.privateKeyPkcs8, challengeText(asked))
      const { certificateChain } = person
      const login = await post('/login/gpki', { ...asked, certificateChain, signature })
      if (login.status !== 200) throw new Error(`login of ${person.id}: ${JSON.stringify(login.body)}`)
      return String(login.body.session)
    },
    declareOutage({ office, from, to, system = 'saeol' }) {
      const window = { system, office, from: from.toISOString(), to: to?.toISOString() ?? null }
      const subject = canonicalJson({ action: 'declare-outage', ...window })
      const approvals = room.dutyOfficers
        .slice(0, 2)
        .map(({ id, privateKeyPkcs8 }) => ({ officer: id, signature: signBase64(privateKeyPkcs8, subject) }))
      return post('/outage-windows', { ...window, approvals })
    },
    async [Symbol.asyncDispose]() {
      await database.close()
      await saeol[Symbol.asyncDispose]()
      await resident[Symbol.asyncDispose]()
    },
  }
}

export async function send(url: string, body: unknown, headers: Env = {}, method = 'POST'): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

export function signBase64(privateKeyPkcs8: string, text: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64')
}
