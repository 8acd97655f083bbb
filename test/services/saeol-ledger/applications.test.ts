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

test('what the portal received in its place has the portal’s number and day, once', async () => {
  await using saeol = await network.startSaeol({ CALLERS: JSON.stringify({ gov24: 'a-secret-of-two' }) })
  const post = (key: string, kept?: object) =>
    saeol.post('/applications', { ...asked, ...(kept && { kept }) }, { ...portal, 'idempotency-key': key })
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString()
  const hour = 3_600_000
  const yesterday = ago(24 * hour)

  expect((await post('kept', { number: 'P-000001', receivedOn: yesterday })).status).toBe(201)
  expect((await post('kept', { number: 'P-000001', receivedOn: yesterday })).status).toBe(200)
  // It had come, and the portal never heard so.
  expect((await post('both')).status).toBe(201)
  expect((await post('both', { number: 'P-000002', receivedOn: yesterday })).status).toBe(200)
  for (const [receivedOn, code] of [
    [ago(-hour), 'in-the-future'],
    [ago(8 * 24 * hour), 'too-old'],
  ] as const) {
    const answer = await post(`refused-${code}`, { number: 'P-000003', receivedOn })
    expect(answer).toMatchObject({ status: 422, body: { code } })
  }
  expect((await post('no-number', { receivedOn: yesterday })).status).toBe(400)
  expect(
    await saeol.database.query(
      'select idempotency_key as key, portal_number as number, received_on as "on" from applications order by 1',
    ),
  ).toEqual([
    { key: 'both', number: 'P-000002', on: new Date(yesterday) },
    { key: 'kept', number: 'P-000001', on: new Date(yesterday) },
  ])
})
