import { describe, expect, test } from 'vitest'
import { createCatalogue } from '../../../services/gov24/catalogue.ts'
import { readGov24Config } from '../../../services/gov24/config.ts'
import { standIn } from '../common/stand-in.ts'
import { send } from '../network.ts'
import { logIn } from './citizen.ts'
import { backend, ofKind, startPortal, until } from './portal.ts'

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

  test('shows for each service how it is', async () => {
    await using portal = await startPortal()
    const states = async () => {
      const entries = await portal.list()
      const of = (kind: string) => [
        ...new Set(entries.filter((one) => one.kind === kind).map(({ state }) => state)),
      ]
      return { certificate: of('certificate'), report: of('report'), 'look-up': of('look-up') }
    }
    const healthy = { certificate: ['up'], report: ['up'], 'look-up': ['up'] }
    expect(await portal.list()).toHaveLength(1_327)
    expect((await portal.list()).filter(({ alternative }) => alternative !== undefined)).toEqual([])
    expect(await states()).toEqual(healthy)

    portal.saeol.mood.health = 503
    await until(async () => (await states()).report[0] === 'degraded')
    expect(await states()).toEqual({ certificate: ['degraded'], report: ['degraded'], 'look-up': ['up'] })

    portal.saeol.mood.health = 'silent'
    portal.resident.mood.health = 'silent'
    await until(async () => (await states())['look-up'][0] === 'down')
    await until(async () => (await states()).report[0] === 'down')
    expect(await states()).toEqual({ certificate: ['down'], report: ['down'], 'look-up': ['down'] })
    const { id } = ofKind('look-up')
    expect(await (await fetch(`${portal.url}/services/${id}`)).json()).toMatchObject({ id, state: 'down' })

    portal.saeol.mood.health = 200
    portal.resident.mood.health = 200
    await until(async () => JSON.stringify(await states()) === JSON.stringify(healthy))
  })

  test('names another site while a probe finds it open, and a page that waits for nobody (invariant 9, F7)', async () => {
    const measure = { MEASURE_ALTERNATIVE_SITE: '{"probeEveryMs":20}', SLOTS: '1', CLIENT_TIMEOUT_MS: '1500' }
    await using portal = await startPortal(measure)
    const channels = async () => {
      const entries = await portal.list()
      const of = (kind: string) => [
        ...new Set(entries.filter((one) => one.kind === kind).map(({ alternative }) => alternative?.channel)),
      ]
      return [of('certificate'), of('look-up'), of('report'), of('application')].map(String)
    }
    const open = ['kiosk', 'call-centre', 'community-centre', 'community-centre']
    expect(await channels()).toEqual(open)
    // The only worker waits for Saeol, and for longer than this takes.
    portal.saeol.mood.work = 'silent'
    const waiting = apply(portal.url, ofKind('report').id)
    await until(async () => portal.saeol.mood.seen.length > 0)

    for (const health of [503, 'silent'] as const) {
      portal.kiosk.mood.health = health
      await until(async () => (await channels())[0] === 'community-centre')
      expect(await channels()).toEqual(open.with(0, 'community-centre'))
      portal.kiosk.mood.health = 200
      await until(async () => (await channels())[0] === 'kiosk')
    }
    portal.callCentre.mood.health = 503
    await until(async () => (await channels())[1] === 'community-centre')
    const { id } = ofKind('look-up')
    expect(await (await fetch(`${portal.url}/services/${id}`)).json()).toMatchObject({
      alternative: { channel: 'community-centre' },
    })
    expect((await waiting).status).toBe(504)
  })

  test('needs to know where the other sites are', () => {
    const links = { SAEOL_URL: 'http://a', RESIDENT_URL: 'http://b', SIMPLE_AUTH_URL: 'http://c' }
    const env = { PORT: '0', ...links, KIOSK_URL: 'http://d', MEASURE_ALTERNATIVE_SITE: '{}' }
    expect(() => readGov24Config(env)).toThrow(
      'KIOSK_URL, CALL_CENTRE_URL: MEASURE_ALTERNATIVE_SITE is on, so both are needed',
    )
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
