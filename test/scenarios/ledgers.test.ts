/** The readers of the ledgers, over a Saeol and a community centre of their own; `mutate` shows them the sabotages. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type InvariantReader, measure } from '../../harness/index.ts'
import type { MeasureUse } from '../../harness/model/system.ts'
import { invariants } from '../../scenarios/ledgers/index.ts'
import { startCommunityCentre } from '../../services/community-centre/app.ts'
import { startLink } from '../services/link.ts'
import { noServiceTime, send, startNetwork, type TestNetwork, type TestSaeol } from '../services/network.ts'

let network: TestNetwork
let directory: string
let books = 0

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'saeol-chaos-ledgers-'))
  network = await startNetwork()
}, 60_000)

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** A day at the counter: visitors come while the line is cut, and the book is closed once each receipt is settled. */
async function aDay(
  visitors: readonly object[],
  declare: (saeol: TestSaeol, began: Date) => Promise<unknown>,
) {
  await using stack = new AsyncDisposableStack()
  const saeol = stack.use(await network.startSaeol())
  const line = stack.use(await startLink(saeol.url))
  const centre = stack.use(
    await startCommunityCentre(
      {
        PORT: '0',
        SAEOL_URL: line.url,
        CENTRE_FILE: network.centreFile,
        RECEIPTS_FILE: join(directory, `book-${books++}.jsonl`),
        MEASURE_MANUAL_INTAKE: JSON.stringify({
          budgetMs: 1_000,
          longestPauseMs: 50,
          windowPatienceMs: 0,
          entriesPerS: 1_000,
        }),
        ...noServiceTime,
      },
      { write: () => {} },
    ),
  )
  // No alarm was raised.
  const room = createServer((_request, response) => response.end('{"alarms":[]}'))
  stack.defer(() => void room.close())
  await new Promise<void>((resolve) => room.listen(0, '127.0.0.1', resolve))
  const began = new Date()
  await line.set('cut')
  for (const [index, visitor] of visitors.entries()) {
    const body = { residentId: `resident-00000${index + 1}`, kind: 'fixed-date', ...visitor }
    const answer = await send(`${centre.url}/visits`, body, { 'idempotency-key': `visit-${index}` })
    expect(answer.status).toBe(202)
  }
  await declare(saeol, began)
  await line.set('pass')
  const urls: Record<string, string> = {
    postgres: saeol.databaseUrl,
    'community-centre': centre.url,
    'situation-room': `http://127.0.0.1:${(room.address() as AddressInfo).port}`,
  }
  const topology = { direct: (name: string) => urls[name]! } as Parameters<InvariantReader>[0]
  const started = stack.move()
  return {
    saeol,
    read: (name: string, measures: readonly MeasureUse[] = []) =>
      invariants[name]!(topology, AbortSignal.timeout(20_000), measures),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

const everywhere = (saeol: TestSaeol, from: Date) => saeol.declareOutage({ office: '*', from, to: null })
const three = [{}, {}, {}]

describe('the readers of the ledgers', { timeout: 60_000 }, () => {
  test('find nothing wrong with a day on which all was entered, and say how much they looked at', async () => {
    await using day = await aDay(three, everywhere)
    for (const [name, checked] of [
      ['receipts kept', 3],
      ['every receipt was entered', 3],
      ['entries say what receipts say', 3],
      ['each receipt was entered once', 3],
      ['each visit has one document', 3],
      ['fixed-date cases keep their order', 3],
      ['no backdating outside a declared outage', 3],
      ['nobody is sent home on a good day', 0],
      ['receipts entered', 3],
      ['receipts rejected for the visitor’s own fault', 0],
      ['certificates made from receipts', 3],
    ] as const) {
      expect(await day.read(name), name).toMatchObject({ checked, violations: [] })
    }
    for (const name of ['the audit chain is whole', 'everything done is on the audit']) {
      const { checked, violations } = await day.read(name)
      expect(violations, name).toEqual([])
      expect(checked, name).toBeGreaterThanOrEqual(4)
    }
  })

  test('call every rejection a loss but for what the visitor said', async () => {
    await using undeclared = await aDay(three, async () => {})
    expect((await undeclared.read('every receipt was entered')).violations).toEqual(
      Array(3).fill(expect.stringMatching(/was rejected: outside-window, which is no fault of the visitor/)),
    )
    expect((await undeclared.read('nobody is sent home on a good day')).violations).toHaveLength(3)

    await using unknown = await aDay([{ residentId: 'resident-999999' }, {}], everywhere)
    expect(await unknown.read('every receipt was entered')).toMatchObject({ checked: 2, violations: [] })
    expect(await unknown.read('each visit has one document')).toMatchObject({ checked: 1, violations: [] })
    const entered = (await unknown.read('receipts entered')).ids!
    const rejected = (await unknown.read('receipts rejected for the visitor’s own fault')).ids!
    expect([entered.length, rejected.length]).toEqual([1, 1])
    expect([...entered, ...rejected].toSorted()).toEqual(
      (await unknown.read('receipts kept')).ids!.toSorted(),
    )
  })

  test('give sessions as long to drain as the measure does', async () => {
    await using day = await aDay([], everywhere)
    await day.saeol.database.query(
      `insert into fallback_openings (nonce, scope, reason, vantage_points, officers, opened_at, expires_at, closed_at)
         values ('n', '{}', 'a test', '[]', '{a,b}', now() - interval '20 s', now() + interval '1 h', now() - interval '5 s');
       insert into sessions (id, token_hash, official, office, assurance, opening, created_at, expires_at)
         select gen_random_uuid(), '\\x00', 'official-1', 'office', 'low', id, opened_at, now() + interval '5 s'
         from fallback_openings`,
    )
    const alive = async (drainMs: number) => {
      const name = 'no session outlives the opening it came by'
      return (await day.read(name, [measure('password-fallback', { drainMs })])).violations
    }
    expect(await alive(60_000)).toEqual([])
    expect(await alive(1_000)).toEqual([expect.stringMatching(/is alive more than 1000 ms after/)])
  })

  test('miss a record that was taken from the audit', async () => {
    await using day = await aDay(three, everywhere)
    await day.read('every receipt was entered')
    await day.saeol.database.query(
      `delete from audit where seq = (select min(seq) from audit where kind = 'entry.made')`,
    )
    expect((await day.read('everything done is on the audit')).violations).toEqual([
      expect.stringMatching(/^the entry of .* is not on the audit$/),
    ])
    expect((await day.read('the audit chain is whole')).violations).toHaveLength(1)
  })

  test.each([
    [
      'another one',
      `update certificates set number = 'X' where idempotency_key = 'visit-0'`,
      /has X, and C0/,
    ],
    [
      'none',
      `update certificates set idempotency_key = 'elsewhere' where idempotency_key = 'visit-0'`,
      /no document/,
    ],
    [
      "somebody else's",
      `update certificates set document = '{"id":"resident-000009"}' where idempotency_key = 'visit-0'`,
      /its document fixed-date of resident-000009/,
    ],
  ])('see that a visit has %s', async (_what, change, words) => {
    await using day = await aDay(three, everywhere)
    await day.read('every receipt was entered')
    await day.saeol.database.query(change)
    expect((await day.read('each visit has one document')).violations).toEqual([expect.stringMatching(words)])
  })

  test('know an outage that began with the trouble from one that nothing was wrong at', async () => {
    await using day = await aDay(three, everywhere)
    await day.read('every receipt was entered')
    const { office } = network.centre.counters[0]!
    const [first] = await day.saeol.database.query<{ at: Date }>(
      'select min(received_on) as at from retroactive_entries where office = $1',
      [office],
    )
    const name = 'an outage is declared for the time it lasted'
    // No alarm was raised for every office.
    expect(await day.read(name)).toMatchObject({
      checked: 1,
      violations: [expect.stringMatching(/outage of \*/)],
    })
    await day.saeol.database.query('delete from outage_windows')
    await day.saeol.declareOutage({ office, from: first!.at, to: new Date() })
    expect(await day.read(name)).toMatchObject({ checked: 1, violations: [] })
    await day.saeol.declareOutage({ office, from: new Date(first!.at.getTime() - 60_000), to: new Date() })
    expect((await day.read(name)).violations).toHaveLength(1)
  })
})
