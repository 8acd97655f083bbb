import type { Sabotaged } from '../../common/sabotage.ts'

/**
 * The ledger's tables (ledger invariants 2–5 of the incident file).
 *
 * `retroactive_entries` is written once: no row changes or goes, so that neither date can move. (office,
 * receipt number) is its key, so that a receipt is entered exactly once. `fixed_date_order` is the legal order
 * of 확정일자: by the date of receipt, not of entry, and within an office by receipt number. `certificate` is the
 * document that came of the receipt; a case that was received on paper counts there and not a second time online.
 */
export function ledgerSchema(sabotaged: Sabotaged): string {
  return [
    outages,
    entries(sabotaged('enters-twice') ? '' : ', unique (office, receipt_number)'),
    rest,
    order,
  ].join('\n')
}

const outages = `
    create table if not exists outage_windows (
      id bigint generated always as identity primary key,
      system text not null,
      office text not null,
      from_at timestamptz(3) not null,
      to_at timestamptz(3),
      declared_at timestamptz(3) not null,
      closed_at timestamptz(3),
      officers text[] not null,
      unique (system, office, from_at),
      check (to_at >= from_at)
    );
    create table if not exists trouble_reports (
      id bigint generated always as identity primary key,
      office text not null,
      from_at timestamptz(3) not null,
      to_at timestamptz(3) not null,
      receipts integer not null,
      reported_at timestamptz(3) not null,
      unique (office, from_at, to_at),
      check (to_at >= from_at)
    );`

const entries = (exactlyOnce: string): string => `
    create table if not exists retroactive_entries (
      id bigint generated always as identity primary key,
      office text not null,
      receipt_number text not null,
      receipt_sequence bigint not null,
      received_on timestamptz(3) not null,
      entered_at timestamptz(3) not null,
      resident text not null,
      kind text not null,
      visit text not null,
      clerk text not null,
      verifier text not null,
      seal text not null,
      verifier_signature text not null,
      certificate text not null,
      priority bigint not null,
      check (clerk <> verifier)
      ${exactlyOnce}
    );
    create index if not exists retroactive_entries_by_receipt
      on retroactive_entries (office, receipt_sequence);`

const rest = `
    create table if not exists applications (
      number bigint generated always as identity primary key,
      idempotency_key text not null unique,
      service text not null,
      resident text not null,
      received_at timestamptz(3) not null,
      -- The day that counts: the portal may have received it in our place, under a number of its own.
      received_on timestamptz(3) not null,
      portal_number text
    );
    create or replace function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is written once: % is refused', tg_table_name, tg_op using errcode = '23001';
      end $$;
    create or replace trigger retroactive_entries_immutable
      before update or delete on retroactive_entries
      for each row execute function refuse_change();
    create or replace trigger retroactive_entries_kept
      before truncate on retroactive_entries
      for each statement execute function refuse_change();`

const order = `
    create or replace view fixed_date_order as
      select rank() over (order by priority, receipt_sequence nulls last, entered_at) as rank, *
      from (
        select 'receipt' as source, office || '/' || receipt_number as id, resident, received_on, entered_at,
          priority, receipt_sequence
        from retroactive_entries where kind = 'fixed-date'
        union all
        select 'online', number, resident, issued_at, issued_at,
          floor(extract(epoch from issued_at) * 1000)::bigint, null
        from certificates where kind = 'fixed-date'
          and not exists (select 1 from retroactive_entries entry where entry.certificate = number)
      ) cases`
