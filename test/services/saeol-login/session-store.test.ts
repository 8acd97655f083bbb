import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  bearer,
  call,
  credentialsOf,
  issue,
  logInByCertificate,
  logInByPassword,
  openFallback,
} from '../fallback/client.ts'
import { type Network, startNetwork } from '../fallback/network.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'

let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres?.[Symbol.asyncDispose]())

const admission = { MEASURE_SESSION_ADMISSION: '{}' }

async function networkWith(
  saeol: Readonly<Record<string, string>>,
  more: { readonly sabotage?: string; readonly measure?: Readonly<Record<string, unknown>> } = {},
): Promise<Network> {
  const databaseUrl = await postgres.createDatabase()
  return startNetwork({ databaseUrl, measure: false, saeol: { SESSIONS_MAX: '2', ...saeol }, ...more })
}

const logIn = async (network: Network) => {
  const official = network.nextOfficial()
  return { official, login: await logInByCertificate(network, official) }
}

const whose = ({ saeolUrl }: Network, session: unknown): Promise<Answer> =>
  call(`${saeolUrl}/session`, { headers: bearer(String(session)) })

const logOut = ({ saeolUrl }: Network, session: unknown): Promise<Answer> =>
  call(`${saeolUrl}/session`, { method: 'DELETE', headers: bearer(String(session)) })

describe('a session', () => {
  it('says whose it is, and ends when its holder logs out', async () => {
    await using network = await networkWith({})
    const { official, login } = await logIn(network)
    expect(await whose(network, login.body.session)).toMatchObject({
      status: 200,
      body: { officialId: official.id, office: official.office, assurance: 'high' },
    })
    expect((await logOut(network, login.body.session)).status).toBe(204)
    expect(await whose(network, login.body.session)).toMatchObject({
      status: 401,
      body: { code: 'session-ended' },
    })
    expect((await issue(network, String(login.body.session))).status).toBe(401)
    expect((await whose(network, 'nobody')).status).toBe(401)
  })
})

describe('a full store', () => {
  it('throws out whoever logged in longest ago, and nobody else', async () => {
    await using network = await networkWith({})
    const [first, second, third] = [await logIn(network), await logIn(network), await logIn(network)]
    expect(await whose(network, first.login.body.session)).toMatchObject({
      status: 401,
      body: { code: 'no-session' },
    })
    for (const { official, login } of [second, third])
      expect((await whose(network, login.body.session)).body.officialId).toBe(official.id)
    expect(network.count('sessions.full')).toBe(1)
  })

  it('refuses with the measure, says when to come back, and keeps the living', async () => {
    await using network = await networkWith({ ...admission, SESSION_TTL_MS: '6000' })
    const living = [await logIn(network), await logIn(network)]
    const { login } = await logIn(network)
    expect(login).toMatchObject({ status: 503, body: { code: 'sessions-full' } })
    const retryAfterS = Number(login.headers.get('retry-after'))
    expect(retryAfterS).toBeGreaterThanOrEqual(4)
    expect(retryAfterS).toBeLessThanOrEqual(6)
    for (const { official, login } of living)
      expect((await whose(network, login.body.session)).body.officialId).toBe(official.id)
    // Nothing was spent on whoever is refused: GPKI was not asked, and the audit has no login.
    expect(network.count('sessions.full')).toBe(1)
  })

  it('has room again when somebody logs out, and says so once', async () => {
    await using network = await networkWith(admission)
    const [first] = [await logIn(network), await logIn(network)]
    expect((await logIn(network)).login.status).toBe(503)
    await logOut(network, first.login.body.session)
    expect((await logIn(network)).login.status).toBe(200)
    expect(network.count('sessions.room')).toBe(1)
  })

  it('refuses those of the password login alike, and does not take their code', async () => {
    const measure = { reactionMs: 20 }
    await using network = await networkWith(admission, { measure })
    const [first] = [await logIn(network), await logIn(network)]
    await openFallback(network)
    const official = network.nextOfficial()
    const credentials = credentialsOf(official)
    expect(await logInByPassword(network, credentials)).toMatchObject({
      status: 503,
      body: { code: 'sessions-full' },
    })
    await logOut(network, first.login.body.session)
    expect((await logInByPassword(network, credentials)).status).toBe(200)
  })

  it('told to come back no later than is set', async () => {
    await using network = await networkWith({ MEASURE_SESSION_ADMISSION: '{"retryAtMostS":3}' })
    await logIn(network)
    await logIn(network)
    expect((await logIn(network)).login.headers.get('retry-after')).toBe('3')
  })
})

describe('sabotage', () => {
  it('hands-sessions-on lets the next one in as somebody else', async () => {
    await using network = await networkWith(admission, { sabotage: 'hands-sessions-on' })
    const [first] = [await logIn(network), await logIn(network)]
    const { login } = await logIn(network)
    expect((await whose(network, login.body.session)).body.officialId).toBe(first.official.id)
  })

  it('refuses-without-when says no time', async () => {
    await using network = await networkWith(admission, { sabotage: 'refuses-without-when' })
    await logIn(network)
    await logIn(network)
    const { login } = await logIn(network)
    expect(login.status).toBe(503)
    expect(Number(login.headers.get('retry-after'))).toBeNaN()
  })
})
