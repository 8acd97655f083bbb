import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mockGov24OperatorToken, readGov24Config } from '../../../services/gov24/config.ts'
import { send } from '../network.ts'
import { logIn } from './citizen.ts'
import { ofKind, startPortal, until } from './portal.ts'

let directory: string
let files = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-outbox-'))
})

afterAll(() => rm(directory, { recursive: true, force: true }))

const portalFirst = (env: Record<string, string> = {}) => ({
  MEASURE_PORTAL_FIRST: '{"waitMs":150,"longestPauseMs":50}',
  OUTBOX_FILE: join(directory, `outbox-${files++}.jsonl`),
  ...env,
})

/** Handed in by resident-000001. */
async function apply(url: string, key: string, kind = 'certificate', serviceId = ofKind(kind).id) {
  const headers = { authorization: `Bearer ${await logIn(url)}`, 'idempotency-key': key }
  return send(`${url}/applications`, { serviceId, residentId: 'resident-000001' }, headers)
}

async function outbox(url: string) {
  const headers = { authorization: `Bearer ${mockGov24OperatorToken}` }
  const answer = await fetch(`${url}/outbox`, { headers })
  return ((await answer.json()) as { applications: Record<string, string>[] }).applications
}

const states = async (url: string) => (await outbox(url)).map(({ state }) => state)

test('without it citizens who wait for Saeol keep everybody else waiting, with it nobody waits long (F7)', async () => {
  const looked = async (env: Record<string, string>) => {
    await using portal = await startPortal({ SLOTS: '4', CLIENT_TIMEOUT_MS: '5000', ...env })
    portal.saeol.mood.work = 'silent'
    const waiting = Promise.all(['a', 'b', 'c', 'd'].map((key) => apply(portal.url, key)))
    // Each of its workers waits.
    await until(async () => portal.saeol.mood.seen.length >= 4)
    const answered = fetch(`${portal.url}/services/${ofKind('look-up').id}`).then(({ status }) => status)
    const first = await Promise.race([answered, sleep(2_500, 'nothing')])
    return { first, statuses: (await waiting).map(({ status }) => status) }
  }
  expect(await looked({})).toMatchObject({ first: 'nothing' })
  expect(await looked(portalFirst())).toEqual({ first: 200, statuses: [201, 201, 201, 201] })
})

test('keeps what Saeol does not take, gives the document, and hands it in later as of its day', async () => {
  await using portal = await startPortal(portalFirst())
  portal.saeol.mood.work = 'silent'
  const before = Date.now()
  const kept = await apply(portal.url, 'one')
  expect(kept).toMatchObject({
    status: 201,
    body: { number: 'P-000001', residentId: 'resident-000001', document: { id: 'resident-000001' } },
  })
  expect(await apply(portal.url, 'one')).toMatchObject({ status: 200, body: { number: 'P-000001' } })
  expect(await apply(portal.url, 'one', 'report')).toMatchObject({
    status: 422,
    body: { code: 'idempotency-key-reused' },
  })
  expect(await states(portal.url)).toEqual(['kept'])

  portal.saeol.mood.work = 'well'
  await until(async () => (await states(portal.url))[0] === 'handed-in')
  const { key, body } = portal.saeol.mood.seen.at(-1)!
  const handedIn = JSON.parse(body!)
  expect(key).toBe('one')
  expect(handedIn).toEqual({
    serviceId: ofKind('certificate').id,
    residentId: 'resident-000001',
    kept: { number: 'P-000001', receivedOn: expect.any(String) },
  })
  const receivedOn = Date.parse(handedIn.kept.receivedOn)
  expect(receivedOn).toBeGreaterThanOrEqual(before)
  expect(receivedOn).toBeLessThan(before + 2_000)
  expect(await apply(portal.url, 'two')).toMatchObject({ status: 201, body: { number: '17' } })
})

test('what it kept survives a restart; what Saeol refuses then is for a person, and keeps nobody', async () => {
  const env = portalFirst()
  {
    await using portal = await startPortal(env)
    portal.saeol.mood.work = 503
    for (const key of ['one', 'two']) expect((await apply(portal.url, key)).status).toBe(201)
  }
  await using portal = await startPortal({ ...env })
  portal.saeol.mood.work = 422
  await until(async () => (await states(portal.url)).every((state) => state === 'refused'))
  portal.saeol.mood.work = 503
  expect(await apply(portal.url, 'three')).toMatchObject({ status: 201, body: { number: 'P-000003' } })
  portal.saeol.mood.work = 'well'
  await until(async () => (await states(portal.url)).at(-1) === 'handed-in')
  expect(await states(portal.url)).toEqual(['refused', 'refused', 'handed-in'])
})

test('does not ask Saeol while it is known to be out, and its services are not down', async () => {
  await using portal = await startPortal(portalFirst({ CLIENT_TIMEOUT_MS: '300', PROBE_TIMEOUT_MS: '100' }))
  const state = async () => (await portal.list()).find(({ kind }) => kind === 'report')!.state
  portal.saeol.mood.health = 'silent'
  await until(async () => (await state()) === 'degraded')
  expect(await apply(portal.url, 'one', 'report')).toMatchObject({
    status: 201,
    body: { number: 'P-000001' },
  })
  expect(portal.saeol.mood.seen).toEqual([])
})

test('needs a file for what it keeps, and shows it to operators alone', async () => {
  const links = { SAEOL_URL: 'http://a', RESIDENT_URL: 'http://b', SIMPLE_AUTH_URL: 'http://c' }
  expect(() => readGov24Config({ PORT: '0', ...links, MEASURE_PORTAL_FIRST: '{}' })).toThrow(
    'OUTBOX_FILE: MEASURE_PORTAL_FIRST is on, so it needs a file for what it keeps',
  )
  await using portal = await startPortal(portalFirst())
  expect((await fetch(`${portal.url}/outbox`)).status).toBe(401)
})
