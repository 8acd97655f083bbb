import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../../services/enrolment/people.ts'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { receiptSubject, verificationSubject } from '../../../services/saeol/ledger/papers.ts'
import { createSession } from '../../../services/saeol/sessions/sessions.ts'
import { type Answer, signBase64, startNetwork, type TestNetwork, type TestSaeol } from '../network.ts'

let network: TestNetwork
let clerk: Person
let colleague: Person
let elsewhere: Person

beforeAll(async () => {
  network = await startNetwork()
  const [office] = new Set(network.people.clerks.map((person) => person.office))
  ;[clerk, colleague] = network.people.clerks.filter((person) => person.office === office) as [Person, Person]
  elsewhere = network.people.clerks.find((person) => person.office !== office)!
}, 60_000)

afterAll(() => network?.[Symbol.asyncDispose]())

const hour = 3_600_000
const day = 24 * hour
/** The outage of the tests: from a day ago until an hour ago. */
const began = new Date(Date.now() - day)
const ended = new Date(Date.now() - hour)
const during = (sequence: number) => new Date(began.getTime() + sequence * 60_000)

/** What a clerk enters, without signatures. */
function receipt(sequence: number, changed: Record<string, unknown> = {}) {
  return {
    office: clerk.office,
    receiptNumber: `20231117-${String(sequence).padStart(6, '0')}`,
    receivedOn: during(sequence).toISOString(),
    residentId: 'resident-000001',
    kind: 'fixed-date',
    visit: `visit-${sequence}`,
    clerk: clerk.id,
    verifier: colleague.id,
    ...changed,
  }
}

/**
 * The same with the signatures it needs, unless `changed` brings others: the counter's over the paper, and the
 * verifier's over the entry.
 */
function entry(sequence: number, changed: Record<string, unknown> = {}) {
  const body = receipt(sequence, changed)
  return { ...signed(body), ...changed }
}

function signed(body: ReturnType<typeof receipt>) {
  const paper = { ...body, receivedOn: new Date(body.receivedOn) }
  const counter = network.centre.counters.find(({ office }) => office === body.office)!
  const verifier = network.people.clerks.find(({ id }) => id === body.verifier) ?? colleague
  return {
    ...body,
    seal: signBase64(counter.privateKeyPkcs8, canonicalJson(receiptSubject(paper))),
    verifierSignature: signBase64(verifier.privateKeyPkcs8, canonicalJson(verificationSubject(paper))),
  }
}

async function withOutage(env: Record<string, string> = {}): Promise<TestSaeol> {
  const saeol = await network.startSaeol(env)
  const declared = await saeol.declareOutage({ office: clerk.office, from: began, to: ended })
  expect(declared.status).toBe(201)
  return saeol
}

function enter(saeol: TestSaeol, session: string, body: unknown): Promise<Answer> {
  return saeol.post('/retroactive-entries', body, { authorization: `Bearer ${session}` })
}

async function auditKinds(saeol: TestSaeol): Promise<string[]> {
  const rows = await saeol.database.query<{ kind: string }>('select kind from audit order by seq')
  return rows.map(({ kind }) => kind).filter((kind) => !kind.startsWith('login.'))
}

describe('a retroactive entry', { timeout: 30_000 }, () => {
  test('keeps both dates, clerk and verifier (invariant 2)', async () => {
    await using saeol = await withOutage()
    const before = Date.now()
    const answer = await enter(saeol, await saeol.logIn(clerk), entry(1))
    expect(answer.status).toBe(201)
    const { enteredAt, certificate, ...rest } = answer.body
    expect(rest).toEqual({ ...receipt(1), priority: during(1).getTime() })
    expect(Date.parse(String(enteredAt))).toBeGreaterThanOrEqual(before)
  })

  test('is made exactly once: by replay, and by two clerks at the same moment (invariant 3)', async () => {
    await using saeol = await withOutage()
    const [mine, hers] = [await saeol.logIn(clerk), await saeol.logIn(colleague)]
    const swapped = { clerk: colleague.id, verifier: clerk.id }
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 2 === 0 ? enter(saeol, mine, entry(1)) : enter(saeol, hers, entry(1, swapped)),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(11).fill(200), 201])
    const records = answers.map(({ body }) => JSON.stringify(body))
    expect(new Set(records).size).toBe(1)
    expect(await saeol.database.query('select count(*)::int as count from retroactive_entries')).toEqual([
      { count: 1 },
    ])
  })

  test('survives a connection cut after the commit: the replay finds the record', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    // The answer is lost: the caller hears nothing, the ledger has it.
    const cut = new AbortController()
    const lost = fetch(`${saeol.url}/retroactive-entries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      body: JSON.stringify(entry(1)),
      signal: cut.signal,
    }).catch(() => undefined)
    await until(async () => (await saeol.database.query('select 1 from retroactive_entries')).length === 1)
    cut.abort()
    await lost
    expect((await enter(saeol, session, entry(1))).status).toBe(200)
    expect(await saeol.database.query('select 1 as one from retroactive_entries')).toEqual([{ one: 1 }])
  })

  test('of another visit under the same number is refused and audited', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    await enter(saeol, session, entry(1))
    for (const changed of [
      { residentId: 'resident-000002' },
      { receivedOn: during(2).toISOString() },
      { visit: 'visit-2' },
    ]) {
      const answer = await enter(saeol, session, entry(1, changed))
      expect(answer).toMatchObject({ status: 422, body: { code: 'receipt-differs' } })
    }
    expect((await auditKinds(saeol)).filter((kind) => kind === 'entry.refused')).toHaveLength(3)
  })

  test('cannot be changed or taken away, not even in the database (invariant 2)', async () => {
    await using saeol = await withOutage()
    await enter(saeol, await saeol.logIn(clerk), entry(1))
    for (const sql of [
      `update retroactive_entries set received_on = now()`,
      `update retroactive_entries set clerk = 'nobody'`,
      'delete from retroactive_entries',
      'truncate retroactive_entries',
    ]) {
      await expect(saeol.database.query(sql)).rejects.toThrow(/is written once/)
    }
  })
})

describe('backdating (invariant 5)', { timeout: 30_000 }, () => {
  test('only inside a declared outage of that system and office; refused, audited and logged else', async () => {
    await using saeol = await network.startSaeol()
    const session = await saeol.logIn(clerk)
    const refusedNow = async () => {
      const answer = await enter(saeol, session, entry(1))
      expect(answer).toMatchObject({ status: 422, body: { code: 'outside-window' } })
    }
    await refusedNow()
    expect((await saeol.declareOutage({ office: elsewhere.office, from: began, to: ended })).status).toBe(201)
    await refusedNow()
    await saeol.declareOutage({ system: 'gov24', office: clerk.office, from: began, to: ended })
    await refusedNow()
    await saeol.declareOutage({ office: clerk.office, from: during(2), to: ended })
    await refusedNow()
    await saeol.declareOutage({ office: clerk.office, from: began, to: new Date(began.getTime() + 1_000) })
    await refusedNow()
    expect((await auditKinds(saeol)).filter((kind) => kind === 'entry.refused')).toHaveLength(5)
    expect(saeol.events.filter(({ event }) => event === 'entry.refused')).toHaveLength(5)
    expect(saeol.events.find(({ event }) => event === 'entry.refused')).toMatchObject({
      office: clerk.office,
      receiptNumber: receipt(1).receiptNumber,
      official: clerk.id,
      reason: 'outside-window',
    })

    await saeol.declareOutage({ office: '*', from: new Date(began.getTime() - 1), to: null })
    expect((await enter(saeol, session, entry(1))).status).toBe(201)
  })

  test('never into the future, and never against the order of the numbers', async () => {
    await using saeol = await withOutage()
    await saeol.declareOutage({ office: clerk.office, from: ended, to: null })
    const session = await saeol.logIn(clerk)
    const future = { receivedOn: new Date(Date.now() + hour).toISOString() }
    expect(await enter(saeol, session, entry(1, future))).toMatchObject({ body: { code: 'in-the-future' } })
    expect((await enter(saeol, session, entry(5))).status).toBe(201)
    const early = { receivedOn: during(4).toISOString() }
    expect(await enter(saeol, session, entry(6, early))).toMatchObject({
      body: { code: 'out-of-sequence' },
    })
    const late = { receivedOn: during(6).toISOString() }
    expect(await enter(saeol, session, entry(4, late))).toMatchObject({ body: { code: 'out-of-sequence' } })
    expect((await enter(saeol, session, entry(4))).status).toBe(201)
  })

  test('needs two people of that office: one enters it, the other has signed that it is what the paper says', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const third = network.people.clerks.findLast(({ office }) => office === clerk.office)!
    const problems = async (changed: Record<string, unknown>) =>
      (await enter(saeol, session, entry(1, changed))).body.problems
    expect(await problems({ verifier: clerk.id })).toEqual(['four-eyes'])
    expect(await problems({ verifier: elsewhere.id })).toEqual(['not-of-this-office'])
    expect(await problems({ verifier: 'somebody' })).toEqual(['not-of-this-office', 'not-verified'])
    expect(await problems({ clerk: third.id })).toEqual(['not-your-entry'])
    // The colleague's name, and a signature that is the clerk's own, of another entry, or for another clerk.
    const alone = signed({ ...receipt(1), verifier: clerk.id }).verifierSignature
    expect(await problems({ verifierSignature: alone })).toEqual(['not-verified'])
    for (const of of [receipt(2), receipt(1, { clerk: third.id })]) {
      const { verifierSignature } = signed(of)
      expect(await problems({ verifierSignature })).toEqual(['not-verified'])
    }
    expect((await enter(saeol, '', entry(1))).status).toBe(401)
    expect(await saeol.database.query('select 1 from retroactive_entries')).toEqual([])
  })

  test('a session of low assurance enters; to verify takes the key of a certificate', async () => {
    await using saeol = await withOutage()
    const token = await createSession(saeol.database, {
      officialId: clerk.id,
      office: clerk.office,
      assurance: 'low',
      opening: '1',
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + hour),
    })
    const asVerifier = entry(1, { clerk: colleague.id, verifier: clerk.id })
    expect((await enter(saeol, token, asVerifier)).body.problems).toEqual(['not-your-entry'])
    expect((await enter(saeol, token, entry(1))).status).toBe(201)
  })
})

describe('the book of receipts vouches for each number', { timeout: 30_000 }, () => {
  test('what the counter did not write is refused, and keeps nobody from entering what it did', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const forged = async (sequence: number, changed: Record<string, unknown>) =>
      (await enter(saeol, session, entry(sequence, changed))).body.problems
    const { seal } = entry(1)
    // Number 0 on the first moment of the outage takes first rank; a very high one would block the office.
    expect(await forged(0, { receivedOn: began.toISOString(), seal })).toEqual(['not-in-the-book'])
    expect(await forged(999_999, { receivedOn: during(3).toISOString(), seal })).toEqual(['not-in-the-book'])
    const counterElsewhere = network.centre.counters.find(({ office }) => office === elsewhere.office)!
    const body = receipt(1)
    const subject = receiptSubject({ ...body, receivedOn: new Date(body.receivedOn) })
    const foreign = signBase64(counterElsewhere.privateKeyPkcs8, canonicalJson(subject))
    expect(await forged(1, { seal: foreign })).toEqual(['not-in-the-book'])
    for (const changed of [
      { residentId: 'resident-000002' },
      { receivedOn: during(0).toISOString() },
      { kind: 'seal' },
      { visit: 'visit-of-a-friend' },
      { receiptNumber: '20231117-000009' },
    ]) {
      expect(await forged(1, { ...changed, seal })).toEqual(['not-in-the-book'])
    }
    expect((await enter(saeol, session, entry(1))).status).toBe(201)
    expect((await enter(saeol, session, entry(2))).status).toBe(201)
  })

  test('all that is wrong is told at once, so that each lock is seen to hold by itself', async () => {
    await using saeol = await withOutage()
    const answer = await enter(saeol, await saeol.logIn(clerk), {
      ...receipt(1, { receivedOn: new Date(began.getTime() - day).toISOString(), verifier: clerk.id }),
      seal: 'AAAA',
      verifierSignature: 'AAAA',
    })
    expect(answer).toMatchObject({ status: 422, body: { code: 'four-eyes' } })
    const problems = ['four-eyes', 'not-verified', 'not-in-the-book', 'outside-window']
    expect(answer.body.problems).toEqual(problems)
    expect(saeol.events.find(({ event }) => event === 'entry.refused')).toMatchObject({ problems })
  })
})

describe('what was entered becomes a document', { timeout: 30_000 }, () => {
  const certificates = (saeol: TestSaeol) =>
    saeol.database.query<Record<string, unknown>>(
      'select number, idempotency_key as key, kind, resident, official, document from certificates',
    )

  test('about the same resident, of the same kind, once', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const { body } = await enter(saeol, session, entry(1))
    expect((await enter(saeol, session, entry(1))).body).toEqual(body)
    expect(await certificates(saeol)).toEqual([
      {
        number: body.certificate,
        key: 'visit-1',
        kind: 'fixed-date',
        resident: 'resident-000001',
        official: clerk.id,
        document: expect.objectContaining({ id: 'resident-000001' }),
      },
    ])
    // The case has the rank of its receipt, and no second one.
    expect(await saeol.database.query('select source from fixed_date_order')).toEqual([{ source: 'receipt' }])
  })

  test('a visit whose certificate was issued after all has that one, before and after the entry', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const issue = (visit: string, residentId = 'resident-000001') =>
      saeol.post(
        '/certificates',
        { kind: 'fixed-date', residentId },
        { authorization: `Bearer ${session}`, 'idempotency-key': visit },
      )
    const early = await issue('visit-1')
    const entered = await enter(saeol, session, entry(1))
    expect(entered).toMatchObject({ status: 201, body: { certificate: early.body.number } })
    const second = await enter(saeol, session, entry(2))
    expect(await issue('visit-2')).toMatchObject({ status: 200, body: { number: second.body.certificate } })
    expect(await certificates(saeol)).toHaveLength(2)
    await issue('visit-3', 'resident-000003')
    expect((await enter(saeol, session, entry(3))).body.problems).toEqual(['visit-differs'])
  })

  test('an id that nobody is registered under comes to nothing', async () => {
    await using saeol = await withOutage()
    const unknown = entry(1, { residentId: 'resident-999999' })
    expect(await enter(saeol, await saeol.logIn(clerk), unknown)).toMatchObject({
      status: 422,
      body: { code: 'unknown-resident' },
    })
    expect(await certificates(saeol)).toEqual([])
  })
})

describe('every entry is on the audit', { timeout: 30_000 }, () => {
  test('made by certificate, with who entered and who verified it', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const { body } = await enter(saeol, session, entry(1))
    await enter(saeol, session, entry(1))
    const records = await saeol.database.query<Record<string, unknown>>(
      `select facts from audit where kind = 'entry.made'`,
    )
    const { office, receiptNumber, receivedOn } = receipt(1)
    const facts = { office, receiptNumber, receivedOn, clerk: clerk.id, verifier: colleague.id }
    expect(records).toEqual([{ facts: { ...facts, certificate: body.certificate } }])
  })

  test('or it is not made: the record and the entry stand and fall together', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    await saeol.database.query('alter table audit add constraint broken check (false) not valid')
    expect((await enter(saeol, session, entry(1))).status).toBe(500)
    expect(await saeol.database.query('select 1 from retroactive_entries')).toEqual([])
    expect(await saeol.database.query('select 1 from certificates')).toEqual([])
    await saeol.database.query('alter table audit drop constraint broken')
    expect((await enter(saeol, session, entry(1))).status).toBe(201)
  })
})

describe('the order of fixed-date cases (invariant 4)', { timeout: 30_000 }, () => {
  test('follows receipt, not entry: a backfilled case beats an online case received later', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const online = await saeol.post(
      '/certificates',
      { kind: 'fixed-date', residentId: 'resident-000009' },
      { authorization: `Bearer ${session}`, 'idempotency-key': 'online' },
    )
    // Entered in any order, after the online case.
    for (const sequence of [3, 1, 2]) await enter(saeol, session, entry(sequence))
    await enter(saeol, session, entry(4, { kind: 'seal' }))
    expect(
      await saeol.database.query('select rank::int, source, id from fixed_date_order order by rank'),
    ).toEqual([
      ...[1, 2, 3].map((sequence) => ({
        rank: sequence,
        source: 'receipt',
        id: `${clerk.office}/${receipt(sequence).receiptNumber}`,
      })),
      { rank: 4, source: 'online', id: online.body.number },
    ])
  })

  test('received in the same moment, the lower number comes first', async () => {
    await using saeol = await withOutage()
    const session = await saeol.logIn(clerk)
    const same = { receivedOn: during(1).toISOString() }
    for (const sequence of [2, 1]) await enter(saeol, session, entry(sequence, same))
    const order = await saeol.database.query<{ id: string }>('select id from fixed_date_order order by rank')
    expect(order.map(({ id }) => id.slice(-6))).toEqual(['000001', '000002'])
  })
})

describe('outage windows', { timeout: 30_000 }, () => {
  test('are declared and closed by two duty officers, once', async () => {
    await using saeol = await network.startSaeol()
    const window = { office: '*', from: began }
    expect((await saeol.declareOutage({ ...window, to: null })).status).toBe(201)
    expect((await saeol.declareOutage({ ...window, to: null })).status).toBe(200)
    expect((await saeol.declareOutage({ ...window, to: ended })).status).toBe(200)
    expect((await saeol.declareOutage({ ...window, to: ended })).status).toBe(200)
    const moved = await saeol.declareOutage({ ...window, to: new Date() })
    expect(moved).toMatchObject({ status: 409, body: { code: 'window-closed' } })
    expect((await saeol.declareOutage({ ...window, to: null })).status).toBe(409)
    const list = await (await fetch(`${saeol.url}/outage-windows`)).json()
    expect(list).toEqual({
      outageWindows: [{ system: 'saeol', office: '*', from: began.toISOString(), to: ended.toISOString() }],
    })
    expect(await auditKinds(saeol)).toEqual(['outage-window.declared', 'outage-window.closed'])
    const events = saeol.events
      .map(({ event }) => event)
      .filter((event) => String(event).startsWith('outage'))
    expect(events).toEqual(['outage-window.declared', 'outage-window.closed'])
  })

  test('need two different signatures over exactly this window, and a past', async () => {
    await using saeol = await network.startSaeol()
    const window = { system: 'saeol', office: '*', from: began.toISOString(), to: null }
    const post = (approvals: unknown[]) => saeol.post('/outage-windows', { ...window, approvals })
    const refused = { status: 403, body: { code: 'not-approved' } }
    expect(await post([])).toMatchObject(refused)
    const [first, second] = network.room.dutyOfficers
    const forged = [first!, second!].map(({ id }) => ({ officer: id, signature: 'AAAA' }))
    expect(await post(forged)).toMatchObject(refused)
    expect(
      await saeol.declareOutage({ office: '*', from: new Date(Date.now() + hour), to: null }),
    ).toMatchObject({
      status: 422,
      body: { code: 'in-the-future' },
    })
    expect((await saeol.declareOutage({ office: '*', from: ended, to: began })).status).toBe(400)
    // No duty officer signed either: they are counted, not told one by one.
    expect(await auditKinds(saeol)).toEqual(['outage-window.refused'])
    expect(await saeol.database.query('select 1 from outage_windows')).toEqual([])
  })
})

describe('sabotage of the ledger is seen in it', { timeout: 30_000 }, () => {
  const entries = (saeol: TestSaeol) =>
    saeol.database.query<{ received_on: Date; entered_at: Date; priority: string }>(
      'select received_on, entered_at, priority from retroactive_entries',
    )

  test('enters-twice', async () => {
    await using saeol = await withOutage({ SABOTAGE: 'enters-twice' })
    const session = await saeol.logIn(clerk)
    await enter(saeol, session, entry(1))
    await enter(saeol, session, entry(1))
    expect(await entries(saeol)).toHaveLength(2)
  })

  test('overwrites-received-on', async () => {
    await using saeol = await withOutage({ SABOTAGE: 'overwrites-received-on' })
    await enter(saeol, await saeol.logIn(clerk), entry(1))
    const [made] = await entries(saeol)
    expect(made!.received_on).toEqual(made!.entered_at)
  })

  test('orders-by-entry', async () => {
    await using saeol = await withOutage({ SABOTAGE: 'orders-by-entry' })
    const session = await saeol.logIn(clerk)
    for (const sequence of [2, 1]) await enter(saeol, session, entry(sequence))
    const order = await saeol.database.query<{ id: string }>('select id from fixed_date_order order by rank')
    expect(order.map(({ id }) => id.slice(-6))).toEqual(['000002', '000001'])
  })

  test('backdates-anywhere', async () => {
    await using saeol = await network.startSaeol({ SABOTAGE: 'backdates-anywhere' })
    expect((await enter(saeol, await saeol.logIn(clerk), entry(1))).status).toBe(201)
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('it never came to be')
}
