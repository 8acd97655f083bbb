import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { residentId } from '../../../services/enrolment/residents.ts'
import { startResident } from '../../../services/resident/app.ts'
import { residents } from '../../../services/resident/residents.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { askDeep } from '../watcher.ts'

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

const asSaeol = { authorization: `Bearer ${mockTokenOf('saeol')}`, 'x-requester': 'official-0001' }
const lookUp = (url: string, id: string, headers: Record<string, string> = asSaeol) =>
  fetch(`${url}/residents/${id}`, { headers })

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
  expect(await (await lookUp(register.url, first!.id)).json()).toEqual(first)
  const unknown = await lookUp(register.url, residentId(31))
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ code: 'unknown-resident' })
})

test('a restart keeps the register as it is', async () => {
  const url = await postgres.createDatabase()
  for (const seed of ['1', '2']) {
    await using register = await start({ SEED: seed, DATABASE_URL: url })
    const { name } = (await (await lookUp(register.url, residentId(1))).json()) as {
      name: string
    }
    expect(name).toBe(residents('1', 1)[0]!.name)
  }
})

test('is deeply healthy while PostgreSQL is there, and only then', async () => {
  await using own = await startPostgres()
  await using register = await start({ DATABASE_URL: await own.createDatabase() })
  expect((await askDeep(register.url)).status).toBe(200)
  await own[Symbol.asyncDispose]()
  const answer = await askDeep(register.url)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ status: 'down', checks: { postgres: { ok: false } } })
  expect((await fetch(`${register.url}/health`)).status).toBe(200)
  const lookedUp = await lookUp(register.url, residentId(1))
  expect(lookedUp.status).toBe(503)
  expect(lookedUp.headers.get('retry-after')).toBe('1')
  expect(await lookedUp.json()).toMatchObject({ code: 'downstream-unreachable' })
})

test('records who looked up whom, found or not, and looks nobody up without', async () => {
  const url = await postgres.createDatabase()
  const recorded = async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows } = await client.query('select system, requester, subject, found from look_ups order by id')
    await client.end()
    return rows
  }
  await using register = await start({ DATABASE_URL: url })
  await lookUp(register.url, residentId(1))
  await lookUp(register.url, residentId(31), {
    authorization: `Bearer ${mockTokenOf('gov24')}`,
    'x-requester': 'resident-000002',
  })
  const all = [
    { system: 'saeol', requester: 'official-0001', subject: residentId(1), found: true },
    { system: 'gov24', requester: 'resident-000002', subject: residentId(31), found: false },
  ]
  expect(await recorded()).toEqual(all)

  const nobody = await lookUp(register.url, residentId(1), { authorization: asSaeol.authorization })
  expect([nobody.status, await nobody.json()]).toMatchObject([400, { code: 'requester-missing' }])
  const stranger = await lookUp(register.url, residentId(1), { 'x-requester': 'official-0001' })
  expect([stranger.status, await stranger.json()]).toMatchObject([401, { code: 'refused' }])
  expect(await recorded()).toEqual(all)
})

test('is seen to record not all of them under the sabotage', async () => {
  const url = await postgres.createDatabase()
  await using register = await start({ DATABASE_URL: url, SABOTAGE: 'unlogged-look-ups' })
  for (let n = 1; n <= 10; n++) expect((await lookUp(register.url, residentId(n))).status).toBe(200)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  expect((await client.query('select count(*)::int as count from look_ups')).rows).toEqual([{ count: 8 }])
  await client.end()
})
