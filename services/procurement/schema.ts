import type { Sabotaged } from '../common/sabotage.ts'

/**
 * Tenders and bids. A bid is kept as it came, sealed; its price is written when the tender is opened. The unique key is
 * what makes a second bid impossible.
 */
export function procurementSchema(sabotaged: Sabotaged): string {
  const once = sabotaged('two-bids-each') ? '' : ',\n    unique (tender, bidder)'
  return `
  create table if not exists tenders (
    id text primary key,
    first_closes_at timestamptz(3) not null,
    closes_at timestamptz(3) not null,
    opening_key text not null,
    opened_at timestamptz(3)
  );
  create index if not exists tenders_by_closing on tenders (closes_at);
  create table if not exists bids (
    number bigint generated always as identity primary key,
    tender text not null references tenders,
    bidder text not null,
    sealed text not null,
    signature text not null,
    source text not null,
    received_at timestamptz(3) not null,
    price_won bigint${once}
  )`
}
