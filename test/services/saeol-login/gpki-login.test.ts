import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, migrate } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { createChallenges } from '../../../services/saeol/login/challenges.ts'
import { loginSchema } from '../../../services/saeol/login/schema.ts'
import { bearer, call, issue, logInByCertificate, signedLogin } from '../fallback/client.ts'
import { type Network, startNetwork } from '../fallback/network.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { watcher } from '../watcher.ts'

let postgres: TestPostgres
let network: Network

beforeAll(async () => {
  postgres = await startPostgres()
  network = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure: false })
})

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await postgres?.[Symbol.asyncDispose]()
})

async function rows(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function challenge(): Promise<string> {
  const { body } = await call(`${network.saeolUrl}/login/challenge`, { method: 'POST' })
  return body.nonce as string
}

describe('POST /login/gpki', () => {
  it('gives a session of high assurance that issues certificates', async () => {
    const login = await logInByCertificate(network, network.nextOfficial())
    expect(login).toMatchObject({ status: 200, body: { assurance: 'high' } })
    expect(login.body.expiresAt).toBeGreaterThan(Date.now())
    expect((await issue(network, login.body.session)).status).toBe(201)
  })

  it('takes a challenge once, and only its own', async () => {
    const { certificateChain, privateKeyPkcs8 } = network.nextOfficial()
    const logIn = (nonce: string) => {
      const body = signedLogin({ certificateChain, privateKeyPkcs8 }, nonce)
      return call(`${network.saeolUrl}/login/gpki`, { body })
    }
    const nonce = await challenge()
    const statuses = await Promise.all([logIn(nonce), logIn(nonce), logIn(nonce)])
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    expect(await logIn('made up by the client')).toMatchObject({
      status: 401,
      body: { code: 'unknown-challenge' },
    })
  })

  it('keeps nothing of challenges that nobody answers, whoever asks for them', async () => {
    const kept = () => rows(network.databaseUrl, 'select nonce from login_challenges')
    const before = await kept()
    await Promise.all(Array.from({ length: 50 }, challenge))
    expect(await kept()).toEqual(before)
  })

  it('takes no challenge that is too old', async () => {
    const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
    const url = await postgres.createDatabase()
    await migrate(url, 'test', loginSchema)
    const database = createDatabase({ url, poolSize: 1, timeoutMs: 5_000, log })
    let now = Date.now()
    const challenges = createChallenges({
      queries: database,
      key: 'a key of the tests',
      sabotaged: () => false,
      now: () => now,
    })
    const [early, late] = [challenges.create(), challenges.create()]
    now += 59_000
    expect(await challenges.take(early)).toBe(true)
    now += 2_000
    expect(await challenges.take(late)).toBe(false)
    expect(await challenges.take(late.replace(/^\d+/, String(now + 60_000)))).toBe(false)
    await database.close()
  })

  it.each([
    [
      'a revoked certificate',
      'revoked',
      (n: Network) => n.people.officials.find(({ status }) => status === 'revoked')!,
    ],
    [
      'a disabled official',
      'not-an-official',
      (n: Network) => n.people.officials.find(({ status }) => status === 'disabled')!,
    ],
    [
      'somebody who is not registered',
      'not-an-official',
      (n: Network) => n.people.strangers.find(({ kind }) => kind === 'unknown-official')!,
    ],
    [
      'a foreign authority',
      'unknown-issuer',
      (n: Network) => n.people.strangers.find(({ kind }) => kind === 'foreign-issuer')!,
    ],
    [
      'an expired certificate',
      'expired',
      (n: Network) => n.people.strangers.find(({ kind }) => kind === 'expired')!,
    ],
    ["the room's own probe", 'not-an-official', (n: Network) => n.room.probe],
  ])('refuses %s', async (_who, code, who) => {
    expect(await logInByCertificate(network, who(network))).toMatchObject({ status: 401, body: { code } })
  })

  it('keeps the token nowhere, only its hash', async () => {
    const { body } = await logInByCertificate(network, network.nextOfficial())
    const kept = await rows(
      network.databaseUrl,
      'select row_to_json(s)::text as text from sessions s union all select row_to_json(a)::text from audit a',
    )
    expect(kept.length).toBeGreaterThan(1)
    expect(JSON.stringify(kept)).not.toContain(body.session)
  })

  it('keeps sessions over a restart', async () => {
    const { body } = await logInByCertificate(network, network.nextOfficial())
    await network.restartSaeol()
    expect((await issue(network, body.session)).status).toBe(201)
  })

  it('lets nobody in without a session, or with one that is over', async () => {
    const statusOf = async (token: string) => (await issue(network, token)).body.code
    expect(await statusOf('no-such-token')).toBe('no-session')
    expect((await call(`${network.saeolUrl}/certificates`, { body: {} })).body.code).toBe('no-session')
    await using short = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      saeol: { SESSION_TTL_MS: '1' },
    })
    const { body } = await logInByCertificate(short, short.nextOfficial())
    expect(await issue(short, body.session)).toMatchObject({ status: 401, body: { code: 'session-ended' } })
  })

  it('says 504 when GPKI does not answer in time, and 503 when it cannot be reached', async () => {
    await using impatient = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure: false,
      saeol: { CLIENT_TIMEOUT_MS: '500' },
    })
    await impatient.links.l4ToGpkiA.set('stall')
    await impatient.links.l4ToGpkiB.set('stall')
    const official = impatient.nextOfficial()
    const stalled = await logInByCertificate(impatient, official)
    expect(stalled).toMatchObject({ status: 504, body: { code: 'downstream-timeout' } })
    expect(stalled.headers.get('retry-after')).not.toBeNull()
    await impatient.links.saeolToL4.set('cut')
    const cut = await logInByCertificate(impatient, official)
    expect(cut).toMatchObject({ status: 503, body: { code: 'downstream-unreachable' } })
    expect(cut.headers.get('retry-after')).not.toBeNull()
  })

  it('waits no longer than its deadline, where deadlines are on', async () => {
    await using patient = await startNetwork({
      databaseUrl: await postgres.createDatabase(),
      measure: false,
      saeol: { MEASURE_DEADLINES: '{"hopMs":300}' },
    })
    await patient.links.saeolToL4.set('stall')
    // Saeol's own client waits for 30 s, that of the test for 10 s.
    expect(await logInByCertificate(patient, patient.nextOfficial())).toMatchObject({ status: 504 })
  })

  it('sees GPKI with its own eyes in /health/deep, while /health stays green', async () => {
    await using watched = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure: false })
    const deep = async () => (await call(`${watched.saeolUrl}/health/deep`, watcher)).body.checks.gpki.ok
    expect(await deep()).toBe(true)
    await watched.links.l4ToGpkiA.set('drop-large')
    await watched.links.l4ToGpkiB.set('drop-large')
    expect(await deep()).toBe(false)
    expect((await call(`${watched.saeolUrl}/health`)).status).toBe(200)
  })

  it('has no password login to offer', async () => {
    expect((await call(`${network.saeolUrl}/login/options`)).body).toEqual({ gpki: true, password: false })
    const { body } = await logInByCertificate(network, network.nextOfficial())
    const accounts = await call(`${network.saeolUrl}/accounts`, { headers: bearer(body.session) })
    expect(accounts.status).toBe(404)
  })
})
