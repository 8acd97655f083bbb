/** What may be entered under an earlier date, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../services/saeol/audit/canonical-json.ts'
import { receiptSubject } from '../../../services/saeol/ledger/papers.ts'
import { createSession } from '../../../services/saeol/sessions/sessions.ts'
import { signBase64, type TestSaeol } from '../network.ts'
import { auditKinds, began, day, during, ended, enter, hour, type Ledger, startLedger } from './a-receipt.ts'

let network: Ledger['network']
let clerk: Ledger['clerk']
let colleague: Ledger['colleague']
let elsewhere: Ledger['elsewhere']
let receipt: Ledger['receipt']
let entry: Ledger['entry']
let signed: Ledger['signed']
let withOutage: Ledger['withOutage']

beforeAll(async () => {
  ;({ network, clerk, colleague, elsewhere, receipt, entry, signed, withOutage } = await startLedger())
}, 60_000)
afterAll(() => network?.[Symbol.asyncDispose]())

describe('backdating (invariant 5)', () => {
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
    const session = {
      officialId: clerk.id,
      office: clerk.office,
      assurance: 'low' as const,
      opening: '1',
      createdAt: new Date(),
      expiresAt: new Date(Date.now() + hour),
    }
    const token = (await createSession(saeol.database, session, 1))!
    const asVerifier = entry(1, { clerk: colleague.id, verifier: clerk.id })
    expect((await enter(saeol, token, asVerifier)).body.problems).toEqual(['not-your-entry'])
    expect((await enter(saeol, token, entry(1))).status).toBe(201)
  })
})

describe('the book of receipts vouches for each number', () => {
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

describe('what was entered becomes a document', () => {
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
