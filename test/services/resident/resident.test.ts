import { afterAll, beforeAll, expect, test } from 'vitest'
import { residentId } from '../../../services/enrolment/residents.ts'
import { startResident } from '../../../services/resident/app.ts'
import { residents } from '../../../services/resident/residents.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres

beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)

afterAll(() => postgres?.[Symbol.asyncDispose]())

async function start(env: Record<string, string> = {}) {
  const url = await postgres.createDatabase()
  const base = { PORT: '0', DATABASE_URL: url, LOG_LEVEL: 'silent', RESIDENTS: '30' }
  return startResident({ ...base, ...env })
}

test('the same seed registers the same residents, under the ids enrolment knows', () => {
  expect(residents('1', 30)).toEqual(residents('1', 30))
  expect(residents('1', 30)).not.toEqual(residents('2', 30))
  expect(residents('1', 30).slice(0, 10)).toEqual(residents('1', 10))
  expect(residents('1', 30).map(({ id }) => id)).toEqual(
    Array.from({ length: 30 }, (_, i) => residentId(i + 1)),
  )
})

test('gives the data of a resident, and says who is not registered', async () => {
  await using register = await start({ SEED: '7' })
  const [first] = residents('7', 1)
  expect(await (await fetch(`${register.url}/residents/${first!.id}`)).json()).toEqual(first)
  const unknown = await fetch(`${register.url}/residents/${residentId(31)}`)
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ code: 'unknown-resident' })
})

test('a restart keeps the register as it is', async () => {
  const url = await postgres.createDatabase()
  for (const seed of ['1', '2']) {
    await using register = await start({ SEED: seed, DATABASE_URL: url })
    const { name } = (await (await fetch(`${register.url}/residents/${residentId(1)}`)).json()) as {
      name: string
    }
    expect(name).toBe(residents('1', 1)[0]!.name)
  }
})

test('is deeply healthy while PostgreSQL is there, and only then', async () => {
  await using own = await startPostgres()
  await using register = await start({ DATABASE_URL: await own.createDatabase() })
  expect((await fetch(`${register.url}/health/deep`)).status).toBe(200)
  await own[Symbol.asyncDispose]()
  const answer = await fetch(`${register.url}/health/deep`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ status: 'down', checks: { postgres: { ok: false } } })
  expect((await fetch(`${register.url}/health`)).status).toBe(200)
  const lookUp = await fetch(`${register.url}/residents/${residentId(1)}`)
  expect(lookUp.status).toBe(503)
  expect(lookUp.headers.get('retry-after')).toBe('1')
  expect(await lookUp.json()).toMatchObject({ code: 'downstream-unreachable' })
})
