import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, migrate } from '../../../services/common/database.ts'
import { createLog } from '../../../services/common/log.ts'
import { passwordFallback } from '../../../services/measures/password-fallback.ts'
import { startFallback } from '../../../services/saeol/fallback/fallback.ts'
import { insertOpening, openingInForce, type Scope } from '../../../services/saeol/fallback/openings.ts'
import { fallbackSchema } from '../../../services/saeol/fallback/schema.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import {
  approve,
  asRoom,
  call,
  closeFallback,
  credentialsOf,
  isOpen,
  issue,
  logInByPassword,
  openFallback,
  openingSubject,
} from './client.ts'
import { type Network, startNetwork } from './network.ts'

let postgres: TestPostgres
let network: Network

beforeAll(async () => {
  postgres = await startPostgres()
  network = await startNetwork({ databaseUrl: await postgres.createDatabase() })
})

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await postgres?.[Symbol.asyncDispose]()
})

function open(
  subject: Record<string, unknown>,
  signed: Record<string, unknown>,
  officers: readonly number[],
) {
  const approvals = approve(network.room, { action: 'open-fallback', ...signed }, officers)
  return call(`${network.saeolUrl}/fallback/open`, { body: { ...subject, approvals }, headers: asRoom })
}

async function close(): Promise<void> {
  const { body } = await call(`${network.saeolUrl}/fallback`)
  if (body.state === 'open') expect((await closeFallback(network, body.opening.id)).status).toBe(200)
}

describe('invariant 1: closed by default, opened by two people with scope and expiry', () => {
  it('is closed when nobody opened it', async () => {
    expect(await isOpen(network)).toBe(false)
    const answer = await logInByPassword(network, credentialsOf(network.nextOfficial()))
    expect(answer).toMatchObject({ status: 403, body: { code: 'fallback-closed' } })
  })

  it('does not exist without the measure', async () => {
    await using off = await startNetwork({ databaseUrl: await postgres.createDatabase(), measure: false })
    expect(await openFallback(off)).toMatchObject({ status: 403, body: { code: 'no-fallback' } })
    const answer = await logInByPassword(off, credentialsOf(off.nextOfficial()))
    expect(answer).toMatchObject({ status: 403, body: { code: 'fallback-closed' } })
  })

  const subject = openingSubject()
  const refused: [why: string, ask: () => ReturnType<typeof open>][] = [
    ['nobody signed', () => open(subject, subject, [])],
    ['one officer signed', () => open(subject, subject, [0])],
    ['one officer signed twice', () => open(subject, subject, [0, 0])],
    [
      'they signed another scope',
      () => open(subject, { ...subject, scope: { system: 'saeol', offices: ['jung'] } }, [0, 1]),
    ],
    [
      'they signed another expiry',
      () => open(subject, { ...subject, expiresAt: Date.now() + 5_000 }, [0, 1]),
    ],
    ['they signed something else', () => open(subject, { ...subject, reason: 'lunch' }, [0, 1])],
    [
      'somebody who is no duty officer signed',
      () => {
        const approvals = approve(network.room, { action: 'open-fallback', ...subject }, [0, 1])
        const forged = [approvals[0], { ...approvals[1], officer: network.people.officials[0]!.id }]
        return call(`${network.saeolUrl}/fallback/open`, { body: { ...subject, approvals: forged } })
      },
    ],
    [
      'one of three signatures is bad',
      () => {
        const approvals = approve(network.room, { action: 'open-fallback', ...subject }, [0, 1, 2])
        const spoilt = [...approvals.slice(0, 2), { ...approvals[2], signature: approvals[0]!.signature }]
        return call(`${network.saeolUrl}/fallback/open`, { body: { ...subject, approvals: spoilt } })
      },
    ],
  ]
  it.each(refused)('stays closed when %s', async (_why, ask) => {
    expect(await ask()).toMatchObject({ status: 403, body: { code: 'not-approved' } })
    expect(await isOpen(network)).toBe(false)
  })

  it.each([
    ['in the past', () => Date.now() - 1],
    ['days away', () => Date.now() + 7 * 86_400_000],
  ])('stays closed when the expiry is %s', async (_when, expiresAt) => {
    const answer = await openFallback(network, { expiresAt: expiresAt() })
    expect(answer).toMatchObject({ status: 422, body: { code: 'bad-expiry' } })
    expect(await isOpen(network)).toBe(false)
  })

  it('opens for two officers, in its scope only', async () => {
    const answer = await openFallback(network, { scope: { system: 'saeol', offices: ['jongno'] } })
    expect(answer.status).toBe(201)
    const inside = await logInByPassword(network, credentialsOf(network.officialOf('jongno')))
    expect(inside).toMatchObject({ status: 200, body: { assurance: 'low' } })
    const outside = await logInByPassword(network, credentialsOf(network.officialOf('jung')))
    expect(outside).toMatchObject({ status: 401, body: { code: 'refused' } })
    const options = (office: string) => call(`${network.saeolUrl}/login/options?office=${office}`)
    expect((await options('jongno')).body).toEqual({ gpki: true, password: true })
    expect((await options('jung')).body).toEqual({ gpki: true, password: false })
    await close()
  })

  it('does not open a second time while it is open, nor by an opening that was used', async () => {
    const asked = openingSubject()
    const first = await open(asked, asked, [0, 1])
    expect(first.status).toBe(201)
    expect(await openFallback(network)).toMatchObject({ status: 409, body: { code: 'already-open' } })
    await close()
    expect(await open(asked, asked, [0, 1])).toMatchObject({ status: 409, body: { code: 'nonce-used' } })
    expect(await isOpen(network)).toBe(false)
  })

  it('expires with nobody there to close it, and its sessions with it', async () => {
    const expiresAt = Date.now() + 1_500
    expect((await openFallback(network, { expiresAt })).status).toBe(201)
    const official = network.nextOfficial()
    const login = await logInByPassword(network, credentialsOf(official))
    expect(login.status).toBe(200)
    expect((await issue(network, login.body.session)).status).toBe(201)
    expect(login.body.expiresAt).toBeLessThanOrEqual(expiresAt)
    const before = network.count('fallback.closed')
    await sleep(expiresAt - Date.now() + 20)
    const late = await logInByPassword(network, credentialsOf(network.nextOfficial()))
    expect(late).toMatchObject({ status: 403, body: { code: 'fallback-closed' } })
    const use = await issue(network, login.body.session)
    expect(use).toMatchObject({ status: 401, body: { code: 'session-ended' } })
    expect(await network.seen('fallback.closed', before + 1)).toMatchObject({ because: 'expired' })
  })

  it('has expired by the clock alone, where nobody wrote it down', async () => {
    const url = await postgres.createDatabase()
    await migrate(url, 'test', fallbackSchema)
    const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
    const database = createDatabase({ url, poolSize: 1, timeoutMs: 5_000, log })
    const openedAt = new Date()
    const expiresAt = new Date(openedAt.getTime() + 60_000)
    const scope: Scope = { system: 'saeol', offices: ['*'] }
    const given = { scope, openedAt, expiresAt, reason: 'a test', officers: ['one', 'two'] }
    await insertOpening(database, { ...given, nonce: 'once', vantagePoints: [] })
    expect(await openingInForce(database, new Date(expiresAt.getTime() - 1))).toMatchObject({ expiresAt })
    expect(await openingInForce(database, expiresAt)).toBeUndefined()
    await database.close()
  })

  it.each([
    ['a login sees first', (expiresAt: number) => expiresAt + 1],
    ['the timer sees in its last millisecond', (expiresAt: number, asked: number) => expiresAt - 1 + asked],
  ])('writes down an expiry that %s', async (_what, clock) => {
    const url = await postgres.createDatabase()
    await migrate(url, 'test', fallbackSchema)
    const log = createLog({ SERVICE_NAME: 'test', LOG_LEVEL: 'silent' })
    await using stack = new AsyncDisposableStack()
    const database = createDatabase({ url, poolSize: 1, timeoutMs: 5_000, log })
    stack.defer(() => database.close())
    const audited: string[] = []
    const audit = {
      append: async (kind: string) => {
        audited.push(kind)
      },
    }
    let now = Date.now
    const measures = { passwordFallback: passwordFallback.parameters.parse({}) }
    const fallback = await startFallback({
      config: { measures },
      database,
      audit,
      log,
      sabotaged: () => false,
      now: () => now(),
    })
    stack.defer(() => fallback.stop())
    const expiresAt = Date.now() + 300
    const scope: Scope = { system: 'saeol', offices: ['*'] }
    const given = { scope, reason: 'a test', officers: ['one', 'two'], nonce: 'once', vantagePoints: [] }
    await fallback.open({ ...given, expiresAt: new Date(expiresAt) })
    let asked = 0
    now = () => clock(expiresAt, asked++)
    if (clock(expiresAt, 0) > expiresAt) expect(await fallback.inForce()).toBeUndefined()
    await expect.poll(() => audited).toEqual(['fallback.opened', 'fallback.closed'])
  })

  it('keeps its state over a restart, and its expiry too', async () => {
    const expiresAt = Date.now() + 2_500
    expect((await openFallback(network, { expiresAt })).status).toBe(201)
    await network.restartSaeol()
    expect(await isOpen(network)).toBe(true)
    const before = network.count('fallback.closed')
    await network.seen('fallback.closed', before + 1)
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt)
    expect(await isOpen(network)).toBe(false)
  })
})
