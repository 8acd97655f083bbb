/** What the procurement system keeps: bids, openings, and the closing times that were moved. */
import type { InvariantReader } from '../../harness/index.ts'
import { facts, rows } from './read.ts'

export const bidInvariants: Readonly<Record<string, InvariantReader>> = {
  'bids kept': async (topology) => {
    const bids = await rows<{ number: string }>(topology, 'select number from bids')
    return {
      ...facts(bids, [], `${bids.length} bids in the ledger`),
      ids: bids.map(({ number }) => `bid-${number}`),
    }
  },

  'each bidder has one bid for a tender': async (topology) => {
    const pairs = await rows<{ tender: string; bidder: string; bids: number }>(
      topology,
      'select tender, bidder, count(*)::int as bids from bids group by 1, 2',
    )
    return facts(
      pairs,
      pairs
        .filter(({ bids }) => bids > 1)
        .map(({ tender, bidder, bids }) => `${bidder} has ${bids} bids for ${tender}`),
      `${pairs.length} pairs of tender and bidder`,
    )
  },

  'no bid is accepted after the close': async (topology) => {
    const bids = await rows<{ number: string; tender: string; receivedAt: Date; closesAt: Date }>(
      topology,
      `select number, tender, received_at as "receivedAt", ${inForce('bids.tender', 'earlier.moved_at <= received_at')} as "closesAt"
       from bids`,
    )
    return facts(
      bids,
      bids
        .filter(({ receivedAt, closesAt }) => receivedAt >= closesAt)
        .map(
          ({ number, tender, receivedAt, closesAt }) =>
            `bid-${number} for ${tender} came at ${receivedAt.toISOString()}, which closed at ${closesAt.toISOString()}`,
        ),
      `${bids.length} bids against the closing time that was in force`,
    )
  },

  'no tender is opened before its close': async (topology) => {
    const opened = await rows<{ id: string; openedAt: Date; closesAt: Date }>(
      topology,
      `select id, opened_at as "openedAt", closes_at as "closesAt" from tenders where opened_at is not null`,
    )
    const known = await rows<{ number: string }>(
      topology,
      `select number from bids join tenders on tenders.id = bids.tender
       where price_won is not null and opened_at is null`,
    )
    return facts(
      opened,
      [
        ...opened
          .filter(({ openedAt, closesAt }) => openedAt < closesAt)
          .map(({ id, openedAt, closesAt }) => {
            const [at, due] = [openedAt.toISOString(), closesAt.toISOString()]
            return `${id} was opened at ${at}, and closes at ${due}`
          }),
        ...known.map(({ number }) => `the price of bid-${number} is known, and its tender is not opened`),
      ],
      `${opened.length} opened tenders`,
    )
  },

  'bids say which line they came by': async (topology) => {
    const bids = await rows<{ number: string; source: string }>(topology, 'select number, source from bids')
    return facts(
      bids,
      bids
        .filter(({ source }) => !/^(offices|outside)\//.test(source))
        .map(({ number, source }) => `bid-${number} is said to come from ${source}`),
      `${bids.length} bids and the lines of bidders`,
    )
  },

  'each tender due in the outage was moved once': async (topology) => {
    const due = await rows<{ tender: string; moves: number; isRight: boolean }>(
      topology,
      `select tender.id as tender, count(move.id)::int as moves,
         coalesce(bool_and(move.to_closes_at = given.closes_at), false) as "isRight"
       from extension_orders given
       cross join lateral (
         select id from tenders where ${inForce('tenders.id', 'earlier.extension_order < given.id')} between given.from_at and given.to_at
       ) tender
       left join closing_moves move on move.tender = tender.id and move.extension_order = given.id
       group by given.id, tender.id`,
    )
    const strays = await rows<{ tender: string }>(
      topology,
      `select tender from closing_moves move join extension_orders given on given.id = move.extension_order
       where not move.from_closes_at between given.from_at and given.to_at`,
    )
    return facts(
      due,
      [
        ...due
          .filter(({ moves, isRight }) => moves !== 1 || !isRight)
          .map(({ tender, moves }) => `${tender} was due in the outage, and moved ${moves} times`),
        ...strays.map(({ tender }) => `${tender} was moved, and was not due in the outage`),
      ],
      `${due.length} tenders due in outages that an order was given for`,
    )
  },
}

/** SQL: when a tender closed, as it stood after the moves that came before. */
function inForce(tender: string, cameBefore: string): string {
  return `coalesce(
    (select to_closes_at from closing_moves earlier where earlier.tender = ${tender} and ${cameBefore}
     order by earlier.id desc limit 1),
    (select first_closes_at from tenders known where known.id = ${tender}))`
}
