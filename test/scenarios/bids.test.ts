/** The readers of tenders and bids, over a procurement system of their own: what they find in a ledger that was tampered with. */
import { describe, expect, test } from 'vitest'
import type { InvariantReader } from '../../harness/index.ts'
import { bidInvariants } from '../../scenarios/ledgers/bids.ts'
import { announced, from, handIn, procurementOfTests, query } from '../services/procurement/an-office.ts'
import { bidOf } from '../services/procurement/sealed.ts'

const office = procurementOfTests()

/** A system with a bid of each of three bidders for its first tender. */
async function aDay() {
  const service = await office.start()
  const [tender] = await announced(service.url)
  for (const bidder of office.people.bidders.slice(0, 3))
    await handIn(service.url, tender!.id, bidOf(bidder, tender!), from('offices/10.0.0.1'))
  const topology = { direct: () => service.databaseUrl } as unknown as Parameters<InvariantReader>[0]
  return Object.assign(service, {
    tender: tender!.id,
    sql: (statement: string) => query(service.databaseUrl, statement),
    read: (name: string) => bidInvariants[name]!(topology, AbortSignal.timeout(20_000), []),
  })
}

type Day = Awaited<ReturnType<typeof aDay>>

/** An order for the minutes around the tender's closing, given now, and its moves. */
async function extended(day: Day, ...moves: readonly string[]): Promise<void> {
  await day.sql(`
    insert into extension_orders (from_at, to_at, closes_at, ordered_at, approvals)
    select closes_at - interval '1 s', closes_at + interval '1 s', closes_at + interval '1 h', clock_timestamp(), '[]'
    from tenders where id = '${day.tender}'`)
  for (const tender of moves)
    await day.sql(`
      insert into closing_moves (tender, extension_order, from_closes_at, to_closes_at, moved_at)
      select tenders.id, given.id, first_closes_at, given.closes_at, given.ordered_at
      from tenders, extension_orders given where tenders.id = '${tender}'`)
}

const broken: readonly (readonly [string, (day: Day) => Promise<unknown>, RegExp])[] = [
  [
    'no bid is accepted after the close',
    (day) => day.sql(`update bids set received_at = received_at + interval '2 d' where number = 1`),
    /^bid-1 for tender-0011 came at/,
  ],
  [
    'no tender is opened before its close',
    (day) => day.sql(`update tenders set opened_at = closes_at - interval '1 s' where id = '${day.tender}'`),
    /^tender-0011 was opened at/,
  ],
  [
    'no tender is opened before its close',
    (day) => day.sql('update bids set price_won = 1 where number = 2'),
    /^the price of bid-2 is known/,
  ],
  [
    'each bidder has one bid for a tender',
    (day) =>
      day.sql(`alter table bids drop constraint bids_tender_bidder_key;
        update bids set bidder = 'bidder-0001'`),
    /^bidder-0001 has 3 bids for tender-0011$/,
  ],
  [
    'bids say which line they came by',
    (day) => day.sql(`update bids set source = '10.20.30.40' where number = 3`),
    /^bid-3 is said to come from 10.20.30.40$/,
  ],
  [
    'each tender due in the outage was moved once',
    (day) => extended(day),
    /^tender-0011 was due in the outage, and moved 0 times$/,
  ],
  [
    'each tender due in the outage was moved once',
    (day) => extended(day, day.tender, day.tender),
    /^tender-0011 was due in the outage, and moved 2 times$/,
  ],
  [
    'each tender due in the outage was moved once',
    (day) => extended(day, day.tender, 'tender-0013'),
    /^tender-0013 was moved, and was not due in the outage$/,
  ],
]

describe('the readers of tenders and bids', () => {
  test('find nothing wrong where nothing is, and say how much they looked at', async () => {
    await using day = await aDay()
    await extended(day, day.tender)
    for (const [name, checked] of [
      ['bids kept', 3],
      ['each bidder has one bid for a tender', 3],
      ['no bid is accepted after the close', 3],
      ['no tender is opened before its close', 0],
      ['bids say which line they came by', 3],
      ['each tender due in the outage was moved once', 1],
    ] as const)
      expect(await day.read(name), name).toMatchObject({ checked, violations: [] })
    expect((await day.read('bids kept')).ids).toEqual(['bid-1', 'bid-2', 'bid-3'])
  })

  test.each(broken)('%s: they see that it is broken', async (name, breakIt, said) => {
    await using day = await aDay()
    await breakIt(day)
    expect((await day.read(name)).violations).toEqual([expect.stringMatching(said)])
  })

  test('hold a bid to the closing time that was in force when it came', async () => {
    await using day = await aDay()
    await day.sql(`update bids set received_at = (select first_closes_at + interval '1 min' from tenders
      where id = '${day.tender}') where number = 1`)
    await extended(day, day.tender)
    expect((await day.read('no bid is accepted after the close')).violations).toEqual([])
    await day.sql(`update closing_moves set moved_at = moved_at + interval '1 d'`)
    expect((await day.read('no bid is accepted after the close')).violations).toHaveLength(1)
  })
})
