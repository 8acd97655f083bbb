import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { standIn } from '../common/stand-in.ts'
import { startNetwork, type TestNetwork } from '../network.ts'
import { askDeep } from '../watcher.ts'

let network: TestNetwork

beforeAll(async () => {
  network = await startNetwork()
}, 60_000)

afterAll(() => network?.[Symbol.asyncDispose]())

const asked = { kind: 'resident-registration', residentId: 'resident-000001' }
const withKey = (session: string, key: string) => ({
  authorization: `Bearer ${session}`,
  'idempotency-key': key,
})

describe('POST /certificates', () => {
  test('issues a certificate with the register data, and the same one for the same key', async () => {
    await using saeol = await network.startSaeol()
    const [official] = network.people.officials
    const session = await saeol.logIn(official!)
    const first = await saeol.post('/certificates', asked, withKey(session, 'visit-1'))
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({
      ...asked,
      number: expect.stringMatching(/^C\d+$/),
      official: official!.id,
      issuedAt: expect.any(String),
      document: { id: 'resident-000001', name: expect.any(String), address: expect.any(String) },
    })
    const again = await saeol.post('/certificates', asked, withKey(session, 'visit-1'))
    expect(again.status).toBe(200)
    expect(again.body).toEqual(first.body)
    const other = await saeol.post('/certificates', asked, withKey(session, 'visit-2'))
    expect(other.body.number).not.toBe(first.body.number)
  })

  test('one key is one certificate, however many ask at the same moment', async () => {
    await using saeol = await network.startSaeol()
    const session = await saeol.logIn(network.people.officials[0]!)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => saeol.post('/certificates', asked, withKey(session, 'rush'))),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19)
    expect(new Set(answers.map(({ body }) => body.number)).size).toBe(1)
    expect(await saeol.database.query('select count(*)::int as count from certificates')).toEqual([
      { count: 1 },
    ])
  })

  test('a key never gives another resident, or another kind, its document', async () => {
    await using saeol = await network.startSaeol()
    const session = await saeol.logIn(network.people.officials[0]!)
    await saeol.post('/certificates', asked, withKey(session, 'mine'))
    for (const changed of [{ residentId: 'resident-000002' }, { kind: 'seal' }]) {
      const answer = await saeol.post('/certificates', { ...asked, ...changed }, withKey(session, 'mine'))
      expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    }
  })

  test('refuses without a session, a key, a known resident or a known kind', async () => {
    await using saeol = await network.startSaeol()
    const session = await saeol.logIn(network.people.officials[0]!)
    const bearer = { authorization: `Bearer ${session}` }
    expect((await saeol.post('/certificates', asked, { 'idempotency-key': 'k' })).status).toBe(401)
    expect((await saeol.post('/certificates', asked, withKey('made-up', 'k'))).status).toBe(401)
    expect(await saeol.post('/certificates', asked, bearer)).toMatchObject({
      status: 400,
      body: { code: 'idempotency-key-missing' },
    })
    expect(
      await saeol.post('/certificates', { ...asked, residentId: 'resident-999999' }, withKey(session, 'k')),
    ).toMatchObject({ status: 422, body: { code: 'unknown-resident' } })
    const nonsense = await saeol.post('/certificates', { kind: 'licence' }, withKey(session, 'k'))
    expect(nonsense.status).toBe(400)
    expect(nonsense.body.error).toMatch(/kind: .*residentId: /)
    expect(await saeol.database.query('select 1 from certificates')).toEqual([])
  })

  test('refuses a document about somebody else, whatever the register says', async () => {
    await using swapped = await standIn((_request, response) => response.end('{"id":"resident-000007"}'))
    await using saeol = await network.startSaeol({ RESIDENT_URL: swapped.url })
    const session = await saeol.logIn(network.people.officials[0]!)
    const answer = await saeol.post('/certificates', asked, withKey(session, 'swapped'))
    expect(answer).toMatchObject({ status: 502, body: { code: 'wrong-subject' } })
    expect(await saeol.database.query('select 1 from certificates')).toEqual([])
  })

  test('a stalled register is an honest 504 within the hop, with deadlines', async () => {
    await using stalled = await standIn(() => {})
    await using saeol = await network.startSaeol({
      RESIDENT_URL: stalled.url,
      // The login has the same hop to GPKI, and must fit into it on a busy host too.
      MEASURE_DEADLINES: '{"hopMs":2000}',
    })
    const session = await saeol.logIn(network.people.officials[0]!)
    const answer = await saeol.post('/certificates', asked, withKey(session, 'stalled'))
    expect(answer).toMatchObject({ status: 504, body: { code: 'downstream-timeout' } })
    expect(answer.headers.get('retry-after')).toBe('1')
  })

  test('sabotage issues-twice issues twice', async () => {
    await using saeol = await network.startSaeol({ SABOTAGE: 'issues-twice' })
    const session = await saeol.logIn(network.people.officials[0]!)
    const answers = [1, 2].map(() => saeol.post('/certificates', asked, withKey(session, 'visit-1')))
    const [first, second] = await Promise.all(answers)
    expect(first!.body.number).not.toBe(second!.body.number)
    expect(
      await saeol.database.query(
        'select count(*)::int as count from certificates where idempotency_key = $1',
        ['visit-1'],
      ),
    ).toEqual([{ count: 2 }])
  })

  test('sabotage forgets-certificates hands out one that the ledger does not have', async () => {
    await using saeol = await network.startSaeol({ SABOTAGE: 'forgets-certificates' })
    const session = await saeol.logIn(network.people.officials[0]!)
    for (let index = 0; index < 10; index++) {
      expect((await saeol.post('/certificates', asked, withKey(session, `visit-${index}`))).status).toBe(201)
    }
    expect(await saeol.database.query('select count(*)::int as count from certificates')).toEqual([
      { count: 8 },
    ])
  })
})

describe('notices and downloads', () => {
  test('are there for everybody, a download in full length', async () => {
    await using saeol = await network.startSaeol()
    const { notices } = (await (await fetch(`${saeol.url}/notices`)).json()) as {
      notices: { download: string }[]
    }
    expect(notices.map(({ download }) => download)).toEqual(['guide', 'cooperation', 'fixed-date-rules'])
    const download = await fetch(`${saeol.url}/downloads/guide`)
    const bytes = await download.bytes()
    expect(bytes.length).toBe(Number(download.headers.get('content-length')))
    expect(bytes.length).toBeGreaterThanOrEqual(64 * 1024)
    expect(await (await fetch(`${saeol.url}/downloads/guide`)).bytes()).toEqual(bytes)
    expect((await fetch(`${saeol.url}/downloads/unknown`)).status).toBe(404)
  })
})

describe('/health/deep', () => {
  test('goes through every link, and says which one is broken', async () => {
    await using saeol = await network.startSaeol({ DEEP_CHECK_MS: '10000' })
    const healthy = await askDeep(saeol.url)
    expect(await healthy.json()).toMatchObject({
      status: 'up',
      checks: { postgres: { ok: true }, gpki: { ok: true }, resident: { ok: true } },
    })
    await using stalled = await standIn(() => {})
    await using grey = await network.startSaeol({ RESIDENT_URL: stalled.url, DEEP_CHECK_MS: '2000' })
    const answer = await askDeep(grey.url)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      status: 'down',
      checks: {
        postgres: { ok: true },
        gpki: { ok: true },
        resident: { ok: false, error: expect.any(String) },
      },
    })
    expect((await fetch(`${grey.url}/health`)).status).toBe(200)
  })
})
