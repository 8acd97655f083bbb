import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCommunityCentre } from '../../../services/community-centre/app.ts'
import { mockReconcilerToken } from '../../../services/community-centre/config.ts'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { startSituationRoom } from '../../../services/situation-room/app.ts'
import { type Link, startLink } from '../link.ts'
import {
  noServiceTime,
  send,
  signBase64,
  startNetwork,
  type TestNetwork,
  type TestSaeol,
} from '../network.ts'
import { startProcess } from '../processes.ts'

let network: TestNetwork
let directory: string
let files = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-centre-'))
  network = await startNetwork()
})

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

const receiptsFile = () => join(directory, `receipts-${files++}.jsonl`)
const manual = (parameters: object = {}) => ({
  MEASURE_MANUAL_INTAKE: JSON.stringify({
    budgetMs: 1_000,
    longestPauseMs: 100,
    entriesPerS: 200,
    ...parameters,
  }),
})

interface Kept {
  readonly office: string
  readonly number: string
  readonly receivedOn: string
  readonly visit: string
  readonly state: string
  readonly reason?: string
}

async function startCentre(saeolUrl: string, env: Record<string, string> = {}) {
  const events: Record<string, unknown>[] = []
  const centre = await startCommunityCentre(
    {
      PORT: '0',
      SAEOL_URL: saeolUrl,
      CENTRE_FILE: network.centreFile,
      RECEIPTS_FILE: receiptsFile(),
      ...noServiceTime,
      ...env,
    },
    { write: (line) => events.push(JSON.parse(line)) },
  )
  return {
    url: centre.url,
    events,
    visit: (key: string, body: object = {}) => visit(centre.url, key, body),
    receipts: () => receiptsOf(centre.url),
    [Symbol.asyncDispose]: () => centre[Symbol.asyncDispose](),
  }
}

function visit(url: string, key: string, body: object = {}) {
  const asked = { residentId: 'resident-000001', kind: 'fixed-date', ...body }
  return send(`${url}/visits`, asked, { 'idempotency-key': key })
}

const readBook = (url: string, token: string = mockReconcilerToken) =>
  fetch(`${url}/receipts`, { headers: { authorization: `Bearer ${token}` } })

async function receiptsOf(url: string): Promise<Kept[]> {
  return ((await (await readBook(url)).json()) as { receipts: Kept[] }).receipts
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (await holds()) return
    await sleep(10)
  }
  throw new Error(`it never came to be: ${holds}`)
}

const officeIds = () => [...new Set(network.people.clerks.map(({ office }) => office))]

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
    await saeol.database.query(`update sessions set ended_at = now(), ended_because = 'a test'`)
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

describe('the entry of receipts', () => {
  /** Writes receipts while the link is cut; returns when it carries again. */
  async function duringOutage(
    link: Pick<Link, 'set'>,
    centre: { visit(key: string): Promise<unknown> },
    visits: number,
  ): Promise<Date> {
    const began = new Date()
    await link.set('cut')
    await Promise.all(Array.from({ length: visits }, (_, index) => centre.visit(`visit-${index}`)))
    await link.set('pass')
    return began
  }

  test('enters each exactly once, by two clerks at the same time, under its own date', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using centre = await startCentre(link.url, manual())
    const from = await duringOutage(link, centre, 24)
    await saeol.declareOutage({ office: '*', from, to: new Date() })
    await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))

    const receipts = await centre.receipts()
    expect(receipts.map(({ state }) => state)).toEqual(Array(24).fill('entered'))
    const entries = await saeol.database.query<Record<string, unknown>>(
      `select office, receipt_number as number, received_on, clerk, verifier from retroactive_entries`,
    )
    expect(entries).toHaveLength(24)
    const received = new Map(entries.map((entry) => [`${entry.office}/${entry.number}`, entry]))
    for (const { office, number, receivedOn } of receipts) {
      expect(received.get(`${office}/${number}`)?.received_on).toEqual(new Date(receivedOn))
    }
    for (const { clerk, verifier } of entries) expect(clerk).not.toBe(verifier)
    const enteredEvents = centre.events.filter(({ event }) => event === 'receipt.entered')
    expect(new Set(enteredEvents.map(({ office, number }) => `${office}/${number}`)).size).toBe(24)
    expect(enteredEvents).toHaveLength(24)
    // Both clerks of an office were at it: each of them logged in.
    const perOffice = await saeol.database.query(
      'select office from sessions group by office having count(distinct official) >= 2',
    )
    expect(perOffice).toHaveLength(officeIds().length)
    expect(centre.events.at(-1)).toMatchObject({ event: 'receipts.drained', entered: 24, rejected: 0 })
  })

  test('waits for the outage to be declared, and rejects with the reason what never is', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using centre = await startCentre(link.url, manual({ windowPatienceMs: 1_500 }))
    const [declared, forgotten] = officeIds()
    const from = await duringOutage(link, centre, 4)
    await until(() => saeol.events.some(({ event }) => event === 'entry.refused'))
    await saeol.declareOutage({ office: declared!, from, to: new Date() })
    await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))
    const outcomes = (await centre.receipts()).map(
      ({ office, state, reason }) => `${office} ${state} ${reason}`,
    )
    expect(outcomes.sort()).toEqual(
      [
        `${declared} entered undefined`,
        `${declared} entered undefined`,
        `${forgotten} rejected outside-window`,
        `${forgotten} rejected outside-window`,
      ].sort(),
    )
  })

  test('of a trouble that is the centre’s own: it says so, two officers declare it for that office', async () => {
    await using saeol = await network.startSaeol()
    await using link = await startLink(saeol.url)
    await using _room = await startSituationRoom(
      { PORT: '0', SAEOL_URL: saeol.url, GPKI_URL: network.gpkiUrl, ...network.roomFiles },
      { write: () => {} },
    )
    await using centre = await startCentre(link.url, manual())
    const [office] = officeIds()
    await link.set('cut')
    for (const key of ['visit-1', 'visit-2', 'visit-3']) await centre.visit(key, { office })
    await link.set('pass')
    await until(() => centre.events.some(({ event }) => event === 'receipts.drained'))
    const receipts = await centre.receipts()
    expect(receipts.map(({ state }) => state)).toEqual(Array(3).fill('entered'))
    const [first, , last] = receipts
    expect(await saeol.database.query('select office, from_at, to_at from outage_windows')).toEqual([
      { office, from_at: new Date(first!.receivedOn), to_at: new Date(last!.receivedOn) },
    ])
    const kinds = await saeol.database.query<{ kind: string }>('select kind from audit order by seq')
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['trouble.reported', 'outage-window.declared', 'entry.made']),
    )
  })

  test('does not begin before every link that a login needs is whole', async () => {
    await using gpki = await startLink(network.gpkiUrl)
    await using saeol = await network.startSaeol({ GPKI_URL: gpki.url, MEASURE_DEADLINES: '{"hopMs":200}' })
    await using centre = await startCentre(saeol.url, manual({ budgetMs: 500 }))
    const from = new Date()
    await gpki.set('cut')
    await centre.visit('visit-1')
    await saeol.declareOutage({ office: '*', from, to: null })
    const logins = () => saeol.database.query('select nonce from login_challenges')
    const before = await logins()
    await sleep(500)
    expect(await centre.receipts()).toMatchObject([{ state: 'pending' }])
    expect(await logins()).toEqual(before)
    await gpki.set('pass')
    await until(async () => (await centre.receipts())[0]!.state === 'entered')
  })

  test('goes on after a restart', async () => {
    const file = receiptsFile()
    await using saeol = await network.startSaeol()
    const from = new Date()
    {
      await using centre = await startCentre('http://127.0.0.1:9', { ...manual(), RECEIPTS_FILE: file })
      expect((await centre.visit('visit-1')).status).toBe(202)
    }
    await saeol.declareOutage({ office: '*', from, to: null })
    await using centre = await startCentre(saeol.url, { ...manual(), RECEIPTS_FILE: file })
    await until(async () => (await centre.receipts())[0]!.state === 'entered')
    expect(await saeol.database.query('select 1 as one from retroactive_entries')).toEqual([{ one: 1 }])
  })
})

test('does not start where manual intake would find no second clerk, no key of a counter, or nobody at all', async () => {
  const [alone] = network.people.clerks
  for (const [changed, env, problem] of [
    [{ clerks: [alone] }, manual(), /needs two clerks .* in jongno/],
    [{ clerks: [] }, {}, /there is no clerk/],
    [{ counters: network.centre.counters.slice(1) }, manual(), /needs a key for each counter, .* of jongno/],
  ] as const) {
    const file = join(directory, 'centre.json')
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
  expect((await fetch(`${centre.url}/health/deep`)).status).toBe(200)
  await link.set('cut')
  expect((await fetch(`${centre.url}/health/deep`)).status).toBe(503)
  expect((await fetch(`${centre.url}/health`)).status).toBe(200)
})

async function openFallback(saeol: TestSaeol): Promise<void> {
  // Saeol takes nobody's word for it.
  for (let looks = 0; looks < 2; looks++) expect((await fetch(`${saeol.url}/health/deep`)).status).toBe(503)
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
