import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { startLink } from '../link.ts'
import { noServiceTime, send, signBase64, type TestSaeol } from '../network.ts'
import { startProcess } from '../processes.ts'
import { askDeep } from '../watcher.ts'
import { type Ground, manual, readBook, receiptsOf, startGround, visit } from './a-centre.ts'

let ground: Ground
let network: Ground['network']
let receiptsFile: Ground['receiptsFile']
let officeIds: Ground['officeIds']
let startCentre: Ground['startCentre']

beforeAll(async () => {
  ground = await startGround()
  ;({ network, receiptsFile, officeIds, startCentre } = ground)
})
afterAll(() => ground?.[Symbol.asyncDispose]())

describe('a visitor on an ordinary day', () => {
  test('leaves with a certificate; the same visit gets the same one', async () => {
    await using saeol = await network.startSaeol()
    await using centre = await startCentre(saeol.url)
    const first = await centre.visit('visit-1')
    expect(first).toMatchObject({
      status: 201,
      body: {
        certificate: { residentId: 'resident-000001', kind: 'fixed-date', number: expect.any(String) },
      },
    })
    const again = await Promise.all([centre.visit('visit-1'), centre.visit('visit-1')])
    for (const answer of again) expect(answer.body).toEqual(first.body)
    expect(await saeol.database.query('select count(*)::int as count from certificates')).toEqual([
      { count: 1 },
    ])
  })

  test('never gets what was issued for another visitor with the same key, not even at the same moment', async () => {
    await using saeol = await network.startSaeol()
    await using centre = await startCentre(saeol.url, manual())
    const [mine, theirs] = await Promise.all([
      centre.visit('visit-1'),
      centre.visit('visit-1', { residentId: 'resident-000002' }),
    ])
    expect(mine).toMatchObject({ status: 201, body: { certificate: { residentId: 'resident-000001' } } })
    expect(theirs).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } })
    await using cut = await startCentre('http://127.0.0.1:9', manual())
    expect((await cut.visit('visit-2')).status).toBe(202)
    expect(await cut.visit('visit-2', { residentId: 'resident-000002' })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    })
  })

  test('is served at the office asked for, by a clerk of it', async () => {
    await using saeol = await network.startSaeol()
    await using centre = await startCentre(saeol.url)
    for (const office of officeIds()) {
      const { body } = await centre.visit(`visit-${office}`, { office })
      const { official } = body.certificate as { official: string }
      expect(network.people.clerks.find(({ id }) => id === official)?.office).toBe(office)
    }
    expect(await centre.visit('visit-x', { office: 'atlantis' })).toMatchObject({
      status: 422,
      body: { code: 'unknown-office' },
    })
  })

  test('whose request is wrong is refused, with manual intake too: a receipt would not help', async () => {
    await using saeol = await network.startSaeol()
    await using centre = await startCentre(saeol.url, manual())
    expect(await centre.visit('visit-1', { residentId: 'resident-999999' })).toMatchObject({
      status: 422,
      body: { code: 'unknown-resident' },
    })
    expect((await centre.visit('visit-2', { kind: 'licence' })).status).toBe(400)
    expect((await send(`${centre.url}/visits`, {}, {})).status).toBe(400)
    expect(await centre.receipts()).toEqual([])
  })

  test('is served although the clerk must log in again: the session ended early', async () => {
    await using saeol = await network.startSaeol()
    await using centre = await startCentre(saeol.url, { CLERK_SESSION_MS: '60000' })
    const [office] = officeIds()
    await centre.visit('visit-1', { office })
    await saeol.database.query(`update sessions set expires_at = now()`)
    expect((await centre.visit('visit-2', { office })).status).toBe(201)
  })

  test('clerks share a login while it lasts, and log in anew after it', async () => {
    await using saeol = await network.startSaeol()
    const [office] = officeIds()
    const sessions = async () => (await saeol.database.query('select 1 from sessions')).length
    await using keen = await startCentre(saeol.url, { CLERK_SESSION_MS: '60000' })
    await Promise.all(Array.from({ length: 5 }, (_, index) => keen.visit(`keen-${index}`, { office })))
    expect(await sessions()).toBe(1)
    await using careful = await startCentre(saeol.url, { CLERK_SESSION_MS: '0' })
    for (let index = 0; index < 3; index++) await careful.visit(`careful-${index}`, { office })
    expect(await sessions()).toBe(4)
  })
})

describe('a visitor while saeol does not serve', () => {
  test('leaves with nothing without manual intake', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using centre = await startCentre(link.url)
    await link.set('cut')
    const answer = await centre.visit('visit-1')
    expect(answer).toMatchObject({ status: 503, body: { code: 'saeol-unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await centre.receipts()).toEqual([])
  })

  test.each(['cut', 'stall'] as const)('leaves with a numbered receipt when the link is %s', async (mode) => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using centre = await startCentre(link.url, manual())
    await link.set(mode)
    const [office] = officeIds()
    const before = Date.now()
    const answer = await centre.visit('visit-1', { office })
    const receipt = answer.body.receipt as { office: string; number: string; receivedOn: string }
    expect(answer.status).toBe(202)
    expect(receipt).toEqual({
      office,
      number: expect.stringMatching(/-000001$/),
      receivedOn: expect.any(String),
      residentId: 'resident-000001',
      kind: 'fixed-date',
      seal: expect.any(String),
    })
    expect(Date.parse(receipt.receivedOn)).toBeGreaterThanOrEqual(before)
    expect((await centre.visit('visit-1', { office })).body).toEqual(answer.body)
    expect((await centre.visit('visit-2', { office })).body).toMatchObject({
      receipt: { number: expect.stringMatching(/-000002$/) },
    })
    expect(await centre.receipts()).toMatchObject([
      { ...receipt, visit: 'visit-1', state: 'pending' },
      { visit: 'visit-2' },
    ])
    expect(centre.events.find(({ event }) => event === 'receipt.written')).toMatchObject({
      office,
      number: receipt.number,
      receivedOn: Date.parse(receipt.receivedOn),
    })

    await link.set('pass')
    expect((await centre.visit('visit-1', { office })).body).toEqual(answer.body)
    expect((await centre.visit('visit-3', { office })).status).toBe(201)
  })

  test('keeps every receipt that was handed out through kill -9', async () => {
    const env = {
      PORT: '0',
      SAEOL_URL: 'http://127.0.0.1:9',
      CENTRE_FILE: network.centreFile,
      RECEIPTS_FILE: receiptsFile(),
      ...noServiceTime,
      ...manual(),
    }
    const handedOut = new Map<string, unknown>()
    {
      await using centre = startProcess('community-centre', env)
      const { url } = await centre.event('service.started')
      const visits = Array.from({ length: 300 }, async (_, index) => {
        await sleep(index)
        const { status, body } = await visit(String(url), `visit-${index}`)
        if (status === 202) handedOut.set(`visit-${index}`, body.receipt)
        if (handedOut.size === 20) centre.child.kill('SIGKILL')
      })
      await Promise.allSettled(visits)
      expect(await centre.exited).toMatchObject({ signal: 'SIGKILL' })
    }
    expect(handedOut.size).toBeGreaterThanOrEqual(20)
    expect(handedOut.size).toBeLessThan(300)
    await using centre = startProcess('community-centre', env)
    const { url } = await centre.event('service.started')
    const kept = new Map((await receiptsOf(String(url))).map((receipt) => [receipt.visit, receipt]))
    for (const [key, receipt] of handedOut) expect(kept.get(key)).toMatchObject(receipt as object)
    const numbers = [...kept.values()].map(({ office, number }) => `${office}/${number}`)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test('goes through the password login once two duty officers opened it', async () => {
    await using gpki = await startLink(network.gpkiUrl)
    await using saeol = await network.startSaeol({
      GPKI_URL: gpki.url,
      MEASURE_PASSWORD_FALLBACK: '{}',
      MEASURE_DEADLINES: '{"hopMs":300}',
    })
    await using centre = await startCentre(saeol.url, manual({ budgetMs: 2_000 }))
    const [office, other] = officeIds()
    await gpki.set('stall')
    expect((await centre.visit('visit-1', { office })).status).toBe(202)
    await openFallback(saeol)
    expect((await centre.visit('visit-2', { office })).status).toBe(201)
    // A centre that has not noticed yet tries GPKI first, and finds the other door in the same visit.
    await using unaware = await startCentre(saeol.url, manual({ budgetMs: 2_000 }))
    expect((await unaware.visit('visit-3', { office: other })).status).toBe(201)
    expect(await saeol.database.query('select distinct assurance from sessions')).toEqual([
      { assurance: 'low' },
    ])
  })
})

test('does not start where manual intake would find no second clerk, no key of a counter, or nobody at all', async () => {
  const [alone] = network.people.clerks
  for (const [changed, env, problem] of [
    [{ clerks: [alone] }, manual(), /needs two clerks .* in jongno/],
    [{ clerks: [] }, {}, /there is no clerk/],
    [{ counters: network.centre.counters.slice(1) }, manual(), /needs a key for each counter, .* of jongno/],
  ] as const) {
    const file = join(ground.directory, 'centre.json')
    await writeFile(file, JSON.stringify({ ...network.centre, ...changed }))
    await expect(startCentre('http://127.0.0.1:9', { ...env, CENTRE_FILE: file })).rejects.toThrow(problem)
  }
})

test('shows its book to those who reconcile it, and to nobody else', async () => {
  await using centre = await startCentre('http://127.0.0.1:9', manual())
  expect((await centre.visit('visit-1')).status).toBe(202)
  for (const answer of [await fetch(`${centre.url}/receipts`), await readBook(centre.url, 'a guess')]) {
    expect(answer.status).toBe(401)
    expect(await answer.text()).not.toContain('visit-1')
  }
  expect(await centre.receipts()).toMatchObject([{ visit: 'visit-1' }])
})

test('is deeply healthy only when saeol is', async () => {
  await using saeol = await network.startSaeol()
  await using link = await startLink(saeol.url)
  await using centre = await startCentre(link.url, { DEEP_CHECK_MS: '2000' })
  expect((await askDeep(centre.url)).status).toBe(200)
  await link.set('cut')
  expect((await askDeep(centre.url)).status).toBe(503)
  expect((await fetch(`${centre.url}/health`)).status).toBe(200)
})

async function openFallback(saeol: TestSaeol): Promise<void> {
  // Saeol takes nobody's word for it.
  for (let looks = 0; looks < 2; looks++) expect((await askDeep(saeol.url)).status).toBe(503)
  const observedAt = Date.now()
  const opening = {
    scope: { system: 'saeol', offices: ['*'] },
    expiresAt: observedAt + 600_000,
    reason: 'GPKI does not answer',
    vantagePoints: ['situation-room', 'saeol'].map((name) => ({
      name,
      observedAt,
      failures: 3,
      error: 'timeout',
    })),
    nonce: `opening-${observedAt}-0123456789`,
  }
  const subject = canonicalJson({ action: 'open-fallback', ...opening })
  const approvals = network.room.dutyOfficers
    .slice(0, 2)
    .map(({ id, privateKeyPkcs8 }) => ({ officer: id, signature: signBase64(privateKeyPkcs8, subject) }))
  const answer = await saeol.post('/fallback/open', { ...opening, approvals })
  expect(answer.status).toBe(201)
}
