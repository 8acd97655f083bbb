import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Service } from '../../../services/common/service.ts'
import { createShortLived } from '../../../services/common/short-lived.ts'
import { enrolled } from '../../../services/enrolment/cache.ts'
import { startGov24 } from '../../../services/gov24/app.ts'
import { createCatalogue } from '../../../services/gov24/catalogue.ts'
import { startSimpleAuth } from '../../../services/simple-auth/app.ts'
import { type StandIn, standIn } from '../common/stand-in.ts'
import { enrolmentOfTests } from '../fallback/network.ts'
import { send } from '../network.ts'
import { approve, type Citizen, challengeOf, citizenOf, logIn } from './citizen.ts'

const quiet = { PORT: '0', LOG_LEVEL: 'silent', SERVICE_TIME_MS: '0' }
const lookUp = createCatalogue().find(({ kind }) => kind === 'look-up')!

let phonesFile: string
let provider: Service
let register: StandIn
let own: Citizen
let neighbour: Citizen

beforeAll(async () => {
  phonesFile = (await enrolled(enrolmentOfTests)).phonesFile
  provider = await startSimpleAuth({ ...quiet, PHONES_FILE: phonesFile })
  register = await standIn((request, response) => {
    const id = request.url?.split('/').at(-1)
    response.end(JSON.stringify({ id, name: `of ${id}` }))
  })
  ;[own, neighbour] = await Promise.all([citizenOf(1), citizenOf(2)])
})

afterAll(async () => {
  await provider?.[Symbol.asyncDispose]()
  await register?.[Symbol.asyncDispose]()
})

const start = (env: Record<string, string> = {}) =>
  startGov24({
    ...quiet,
    SAEOL_URL: register.url,
    RESIDENT_URL: register.url,
    SIMPLE_AUTH_URL: provider.url,
    ...env,
  })

function apply(url: string, session: string, residentId: string, key = 'one') {
  const headers = { authorization: `Bearer ${session}`, 'idempotency-key': key }
  return send(`${url}/applications`, { serviceId: lookUp.id, residentId }, headers)
}

describe('POST /login', () => {
  it('logs in whose phone approved it, and gives their own entry', async () => {
    await using portal = await start()
    const answer = await send(`${portal.url}/login`, approve(own, await challengeOf(portal.url)))
    expect(answer).toMatchObject({ status: 200, body: { residentId: own.residentId } })
    expect(Number(answer.body.expiresAt)).toBeGreaterThan(Date.now())
    expect(await apply(portal.url, String(answer.body.session), own.residentId)).toMatchObject({
      status: 201,
      body: { residentId: own.residentId, document: { id: own.residentId } },
    })
  })

  it.each([
    [
      'a phone of somebody else',
      'not-approved',
      (nonce: string) => approve({ ...neighbour, secret: own.secret }, nonce),
    ],
    ['nobody', 'not-approved', (nonce: string) => approve({ ...own, residentId: 'resident-999999' }, nonce)],
    ['another portal', 'wrong-audience', (nonce: string) => approve(own, nonce, 'a-portal-of-thieves')],
    ['a challenge made up', 'unknown-challenge', () => approve(own, 'made-up')],
    [
      'an approval of another challenge',
      'not-approved',
      (nonce: string) => ({ ...approve(own, 'another'), nonce }),
    ],
  ])('refuses %s', async (_what, code, body) => {
    await using portal = await start()
    expect(await send(`${portal.url}/login`, body(await challengeOf(portal.url)))).toMatchObject({
      status: 401,
      body: { code },
    })
  })

  it('takes an approval once', async () => {
    await using portal = await start()
    const body = approve(own, await challengeOf(portal.url))
    const statuses = await Promise.all([1, 2, 3].map(() => send(`${portal.url}/login`, body)))
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  })

  it('says so when the provider does not serve', async () => {
    await using broken = await standIn((_request, response) => void response.writeHead(500).end('{}'))
    await using portal = await start({ SIMPLE_AUTH_URL: broken.url })
    const answer = await send(`${portal.url}/login`, approve(own, await challengeOf(portal.url)))
    expect(answer).toMatchObject({ status: 503, body: { code: 'simple-auth-unavailable' } })
  })

  it.each([
    ['accepts-any-approval', (nonce: string) => approve({ ...neighbour, secret: own.secret }, nonce)],
    ['ignores-audience-of-approval', (nonce: string) => approve(own, nonce, 'a-portal-of-thieves')],
  ])('is seen to let in whom it must not under %s', async (SABOTAGE, body) => {
    await using lax = await startSimpleAuth({ ...quiet, PHONES_FILE: phonesFile, SABOTAGE })
    await using portal = await start({ SIMPLE_AUTH_URL: lax.url })
    expect((await send(`${portal.url}/login`, body(await challengeOf(portal.url)))).status).toBe(200)
  })
})

describe('a session of the portal', () => {
  it('opens nothing about anybody else', async () => {
    await using portal = await start()
    const answer = await apply(portal.url, await logIn(portal.url), neighbour.residentId)
    expect(answer).toMatchObject({ status: 403, body: { code: 'not-about-you' } })
    await using lax = await start({ SABOTAGE: 'anybodys-entry' })
    expect(await apply(lax.url, await logIn(lax.url), neighbour.residentId)).toMatchObject({ status: 201 })
  })

  it('is needed, and ends', async () => {
    await using portal = await start({ SESSION_TTL_MS: '50' })
    const session = await logIn(portal.url)
    expect((await apply(portal.url, 'no-such-token', own.residentId)).body.code).toBe('no-session')
    expect((await apply(portal.url, session, own.residentId)).status).toBe(201)
    await sleep(60)
    expect(await apply(portal.url, session, own.residentId)).toMatchObject({
      status: 401,
      body: { code: 'no-session' },
    })
  })

  it('is asked for before a worker is: strangers keep none from citizens', async () => {
    await using portal = await start({ SLOTS: '1', QUEUE: '0', SERVICE_TIME_MS: '{"application":400}' })
    const session = await logIn(portal.url)
    const served = apply(portal.url, session, own.residentId)
    const strangers = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => apply(portal.url, 'a-stranger', own.residentId, `${n}`)),
    )
    expect(strangers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401])
    expect((await served).status).toBe(201)
  })
})

describe('short-lived things', () => {
  it('are forgotten in time, and the oldest when there are too many', () => {
    let now = 0
    const known = createShortLived<string>({ ttlMs: 10, most: 2, now: () => now })
    known.put('a', 'A')
    now = 5
    known.put('b', 'B')
    known.put('c', 'C')
    expect([known.get('a'), known.get('b'), known.take('c'), known.get('c')]).toEqual([
      undefined,
      'B',
      'C',
      undefined,
    ])
    now = 14
    expect(known.get('b')).toBe('B')
    now = 15
    expect([known.get('b'), known.take('b')]).toEqual([undefined, undefined])
  })
})
