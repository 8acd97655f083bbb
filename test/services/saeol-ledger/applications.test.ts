import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNetwork, type TestNetwork } from '../network.ts'

let network: TestNetwork

beforeAll(async () => {
  network = await startNetwork()
}, 60_000)

afterAll(() => network?.[Symbol.asyncDispose]())

const asked = { serviceId: 'service-0001', residentId: 'resident-000001' }
const portal = { authorization: 'Bearer a-secret-of-two' }

test('an application is received once for each key, and only from the portal', async () => {
  await using saeol = await network.startSaeol({ CALLERS: JSON.stringify({ gov24: 'a-secret-of-two' }) })
  const key = { 'idempotency-key': 'one' }
  for (const wrong of [
    {},
    { authorization: 'Bearer another' },
    { authorization: 'Bearer a-secret-of-twO' },
  ]) {
    expect((await saeol.post('/applications', asked, { ...wrong, ...key })).status).toBe(401)
  }
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => saeol.post('/applications', asked, { ...portal, ...key })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201])
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
  const other = await saeol.post(
    '/applications',
    { ...asked, serviceId: 'service-0002' },
    { ...portal, ...key },
  )
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
  expect(await saeol.database.query('select count(*)::int as count from applications')).toEqual([
    { count: 1 },
  ])
})
