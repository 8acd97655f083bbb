import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createCatalogue } from '../../../services/gov24/catalogue.ts'
import { standIn } from '../common/stand-in.ts'
import { send } from '../network.ts'
import { logIn } from './citizen.ts'
import { backend, ofKind, startPortal } from './portal.ts'

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`it never came to be: ${holds}`)
}

/** Handed in by resident-000001, in the session given or in a new one. */
async function apply(
  url: string,
  serviceId: string,
  headers: Record<string, string> = { 'idempotency-key': 'one' },
  session?: string,
) {
  const authorization = `Bearer ${session ?? (await logIn(url))}`
  const body = { serviceId, residentId: 'resident-000001' }
  return send(`${url}/applications`, body, { authorization, ...headers })
}

describe('the catalogue', () => {
  test('has 887 + 171 + 188 + 81 = 1,327 services (S1 S2), each once, the same every time', () => {
    const catalogue = createCatalogue()
    const count = (kind: string) => catalogue.filter((service) => service.kind === kind).length
    expect(['certificate', 'application', 'report', 'look-up'].map(count)).toEqual([887, 171, 188, 81])
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(1_327)
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(1_327)
    expect(createCatalogue()).toEqual(catalogue)
  })

  test('shows for each service how it is and what works instead', { timeout: 20_000 }, async () => {
    await using portal = await startPortal()
    const states = async (kind: string) => {
      const entries = (await portal.list()).filter((entry) => entry.kind === kind)
      return [...new Set(entries.map(({ state, alternative }) => `${state}, else ${alternative.channel}`))]
    }
    const everything = async () => ({
      certificate: await states('certificate'),
      report: await states('report'),
      'look-up': await states('look-up'),
    })
    const healthy = {
      certificate: ['up, else kiosk'],
      report: ['up, else community-centre'],
      'look-up': ['up, else call-centre'],
    }
    expect(await portal.list()).toHaveLength(1_327)
    expect(await everything()).toEqual(healthy)

    portal.saeol.mood.health = 503
    await until(async () => (await states('report'))[0]!.startsWith('degraded'))
    expect(await everything()).toEqual({
      certificate: ['degraded, else kiosk'],
      report: ['degraded, else community-centre'],
      'look-up': ['up, else call-centre'],
    })

    portal.saeol.mood.health = 'silent'
    portal.resident.mood.health = 'silent'
    await until(async () => (await states('look-up'))[0]!.startsWith('down'))
    await until(async () => (await states('report'))[0]!.startsWith('down'))
    expect(await everything()).toEqual({
      certificate: ['down, else community-centre'],
      report: ['down, else community-centre'],
      'look-up': ['down, else community-centre'],
    })
    const { id } = ofKind('look-up')
    expect(await (await fetch(`${portal.url}/services/${id}`)).json()).toMatchObject({ id, state: 'down' })

    portal.saeol.mood.health = 200
    portal.resident.mood.health = 200
    await until(async () => (await states('look-up'))[0]!.startsWith('up'))
    await until(async () => (await states('report'))[0]!.startsWith('up'))
    expect(await everything()).toEqual(healthy)
  })

  test('knows no other service', async () => {
    await using portal = await startPortal()
    expect((await fetch(`${portal.url}/services/service-1328`)).status).toBe(404)
  })
})

describe('POST /applications', () => {
  test('goes to the systems its kind needs, with the portal as sender and the key of the citizen', async () => {
    await using portal = await startPortal({ OWN_TOKEN: 'a-secret-of-two' })
    const { id } = ofKind('certificate')
    const answer = await apply(portal.url, id)
    expect(answer).toMatchObject({
      status: 201,
      body: {
        number: '17',
        serviceId: id,
        residentId: 'resident-000001',
        receivedAt: '2023-11-17T00:00:00.000Z',
        document: { id: 'resident-000001' },
      },
    })
    const token = 'Bearer a-secret-of-two'
    expect(portal.resident.mood.seen).toMatchObject([
      { path: '/residents/resident-000001', token, requester: 'resident-000001' },
    ])
    expect(portal.saeol.mood.seen).toMatchObject([{ path: '/applications', key: 'one', token }])
  })

  test('a look-up does not need saeol, a report does not need the register', async () => {
    await using portal = await startPortal()
    const lookedUp = await apply(portal.url, ofKind('look-up').id)
    expect(lookedUp).toMatchObject({ status: 201, body: { document: { id: 'resident-000001' } } })
    expect(portal.saeol.mood.seen).toEqual([])
    portal.resident.mood.seen.length = 0
    expect((await apply(portal.url, ofKind('report').id)).status).toBe(201)
    expect(portal.resident.mood.seen).toEqual([])
  })

  test('refuses an unknown service, and a request that could be counted twice', async () => {
    await using portal = await startPortal()
    expect(await apply(portal.url, 'service-9999')).toMatchObject({
      status: 422,
      body: { code: 'unknown-service' },
    })
    expect(await apply(portal.url, ofKind('report').id, {})).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-missing' },
    })
  })

  test('never shows one citizen the data of another', async () => {
    await using swapped = await backend(() => ({ id: 'resident-000007', name: '박서준' }))
    await using portal = await startPortal({ RESIDENT_URL: swapped.url })
    const answer = await apply(portal.url, ofKind('look-up').id)
    expect(answer).toMatchObject({ status: 502, body: { code: 'wrong-subject' } })
    expect(JSON.stringify(answer.body)).not.toContain('박서준')
  })

  test('one stalled system takes the whole portal down, and with deadlines only what needs it (T4, F7)', async () => {
    await using stalled = await standIn(() => {})
    const slots = { SAEOL_URL: stalled.url, SLOTS: '3', QUEUE: '2' }
    const pressOn = (url: string, session: string) =>
      Array.from({ length: 5 }, (_, index) =>
        apply(url, ofKind('report').id, { 'idempotency-key': `${index}` }, session).catch(() => undefined),
      )
    {
      await using untreated = await startPortal({ ...slots, CLIENT_TIMEOUT_MS: '2000' })
      const waiting = pressOn(untreated.url, await logIn(untreated.url))
      await until(
        async () => (await fetch(`${untreated.url}/services/${ofKind('look-up').id}`)).status === 503,
      )
      expect((await fetch(`${untreated.url}/health`)).status).toBe(200)
      await Promise.all(waiting)
    }
    await using treated = await startPortal({ ...slots, MEASURE_DEADLINES: '{"hopMs":100}' })
    const answers = await Promise.all(pressOn(treated.url, await logIn(treated.url)))
    expect(answers.map((answer) => answer?.status).every((status) => status === 504 || status === 503)).toBe(
      true,
    )
    expect((await fetch(`${treated.url}/services/${ofKind('look-up').id}`)).status).toBe(200)
  }, 20_000)
})
