import { afterAll, beforeAll, expect, test } from 'vitest'
import { mockTokenOf } from '../../../services/common/callers.ts'
import { createSigner } from '../../../services/saeol/ledger/papers.ts'
import { troubleSubject } from '../../../services/saeol/ledger/trouble-reports.ts'
import { startNetwork, type TestNetwork, type TestSaeol } from '../network.ts'

let network: TestNetwork

beforeAll(async () => {
  network = await startNetwork()
}, 60_000)

afterAll(() => network?.[Symbol.asyncDispose]())

const began = Date.now() - 3_600_000
const minute = (index: number) => new Date(began + index * 60_000)

function report(from: number, to: number, changed: object = {}) {
  const { office } = network.centre.counters[0]!
  const subject = { office, from: minute(from), to: minute(to), receipts: 2, ...changed }
  const { action: _, ...body } = troubleSubject(subject)
  return { ...body, seal: createSigner(network.centre.counters[0]!.privateKeyPkcs8)(troubleSubject(subject)) }
}

async function open(saeol: TestSaeol): Promise<object[]> {
  const headers = { authorization: `Bearer ${mockTokenOf('situation-room')}` }
  const answer = await fetch(`${saeol.url}/trouble-reports`, { headers })
  return ((await answer.json()) as { troubleReports: object[] }).troubleReports
}

test('a counter reports its trouble once, and it is open until an outage is declared for it', async () => {
  await using saeol = await network.startSaeol()
  const { office } = network.centre.counters[0]!
  expect((await saeol.post('/trouble-reports', report(1, 5))).status).toBe(201)
  expect((await saeol.post('/trouble-reports', report(1, 5))).status).toBe(200)
  expect(await open(saeol)).toEqual([
    { office, from: minute(1).toISOString(), to: minute(5).toISOString(), receipts: 2 },
  ])
  await saeol.declareOutage({ office, from: minute(1), to: minute(5) })
  expect(await open(saeol)).toEqual([])
  const audited = await saeol.database.query(`select kind from audit where kind like 'trouble.%'`)
  expect(audited).toEqual([{ kind: 'trouble.reported' }])
})

test('what goes on after a declared outage is an outage of its own; what lies in one is none', async () => {
  await using saeol = await network.startSaeol()
  const { office } = network.centre.counters[0]!
  await saeol.declareOutage({ office, from: minute(1), to: minute(5) })
  await saeol.post('/trouble-reports', report(1, 8))
  await saeol.post('/trouble-reports', report(2, 4))
  const after = new Date(minute(5).getTime() + 1)
  expect(await open(saeol)).toMatchObject([{ from: after.toISOString(), to: minute(8).toISOString() }])
  expect((await saeol.declareOutage({ office, from: after, to: minute(8) })).status).toBe(201)
  expect(await open(saeol)).toEqual([])
  await saeol.declareOutage({ office: '*', from: minute(10), to: null })
  await saeol.post('/trouble-reports', report(11, 12))
  expect(await open(saeol)).toEqual([])
})

test('nobody but the counter reports for its office, and not what is yet to come', async () => {
  await using saeol = await network.startSaeol()
  const other = network.centre.counters[1]!
  for (const body of [
    { ...report(1, 5), seal: 'AAAA' },
    { ...report(1, 5), to: minute(9).toISOString() },
    report(1, 5, { office: other.office }),
    report(1, 5, { office: 'atlantis' }),
  ]) {
    expect(await saeol.post('/trouble-reports', body)).toMatchObject({
      status: 403,
      body: { code: 'not-signed' },
    })
  }
  expect(await saeol.post('/trouble-reports', report(1, 90))).toMatchObject({
    body: { code: 'in-the-future' },
  })
  expect((await saeol.post('/trouble-reports', report(5, 1))).status).toBe(400)
  expect((await saeol.post('/trouble-reports', report(-2_000, 1))).status).toBe(400)
  expect(await open(saeol)).toEqual([])
})

test('who has trouble is for the situation room to know', async () => {
  await using saeol = await network.startSaeol()
  expect((await fetch(`${saeol.url}/trouble-reports`)).status).toBe(401)
})
