/** A procurement system of a test, over a database of its own. */
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { frontTokenHeader } from '../../../services/common/front-token.ts'
import { type EnrolledFiles, enrolled } from '../../../services/enrolment/cache.ts'
import { type People, readPeople } from '../../../services/enrolment/people.ts'
import { startProcurement } from '../../../services/procurement/app.ts'
import { type Answer, call } from '../fallback/client.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

export interface Announced {
  readonly id: string
  readonly closesAt: string
  readonly openingKey: string
  readonly state: string
}

/** PostgreSQL and the people of one test file. */
export function procurementOfTests() {
  let postgres: TestPostgres
  const made = {} as { files: EnrolledFiles; people: People }
  beforeAll(async () => {
    postgres = await startPostgres()
    made.files = await enrolled(enrolmentOfTests)
    made.people = await readPeople(made.files.peopleFile)
  }, 60_000)
  afterAll(() => postgres?.[Symbol.asyncDispose]())

  return {
    get people() {
      return made.people.procurement
    },
    get files() {
      return made.files
    },
    database: () => postgres.createDatabase(),
    async start(env: Record<string, string> = {}) {
      const databaseUrl = env.DATABASE_URL ?? (await postgres.createDatabase())
      const service = await startProcurement({
        PORT: '0',
        DATABASE_URL: databaseUrl,
        PROCUREMENT_FILE: made.files.procurementFile,
        SERVICE_TIME_MS: '0',
        LOG_LEVEL: 'silent',
        CLOSES_EVERY_MS: '60000',
        ...env,
      })
      return Object.assign(service, { databaseUrl })
    },
  }
}

export function from(source: string): Record<string, string> {
  return { 'x-forwarded-for': source, [frontTokenHeader]: mockTokenOf('front') }
}

export async function announced(url: string): Promise<readonly Announced[]> {
  return (await call(`${url}/tenders`)).body.tenders
}

export async function tenderOf(url: string, id: string): Promise<Announced> {
  return (await call(`${url}/tenders/${id}`)).body
}

export function handIn(url: string, tender: string, body: object, headers = {}): Promise<Answer> {
  return call(`${url}/tenders/${tender}/bids`, { body, headers })
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Has a tender close now. */
export async function close(databaseUrl: string, tender: string): Promise<void> {
  await query(databaseUrl, `update tenders set closes_at = clock_timestamp() where id = '${tender}'`)
}
