import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestSaeol } from '../network.ts'
import { auditKinds, began, during, ended, enter, hour, type Ledger, startLedger } from './a-receipt.ts'

let network: Ledger['network']
let clerk: Ledger['clerk']
let colleague: Ledger['colleague']
let receipt: Ledger['receipt']
let entry: Ledger['entry']
let withOutage: Ledger['withOutage']

beforeAll(async () => {
  ;({ network, clerk, colleague, receipt, entry, withOutage } = await startLedger())
}, 60_000)
afterAll(() => network?.[Symbol.asyncDispose]())

describe('a retroactive entry', () => {
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

describe('every entry is on the audit', () => {
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

describe('the order of fixed-date cases (invariant 4)', () => {
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

describe('outage windows', () => {
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

describe('sabotage of the ledger is seen in it', () => {
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
