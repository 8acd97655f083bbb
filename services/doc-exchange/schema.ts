import type { Sabotaged } from '../common/sabotage.ts'

/** Both agencies' exchanges may stand on one PostgreSQL: each has rows of its own. */
export function docExchangeSchema(sabotaged: Sabotaged): string {
  const once = sabotaged('stores-twice') ? '' : ',\n    unique (agency, id)'
  return `
  create table if not exists sent_documents (
    number bigint generated always as identity primary key,
    agency text not null,
    id text not null,
    case_id text not null,
    content bytea not null,
    handed_in_at timestamptz(3) not null,
    acknowledged_at timestamptz(3),
    unique (agency, id)
  );
  -- What is on its way.
  create table if not exists transfers (
    agency text not null,
    id text not null,
    manifest jsonb not null,
    content bytea not null default '',
    primary key (agency, id)
  );
  create table if not exists received_documents (
    number bigint generated always as identity primary key,
    agency text not null,
    id text not null,
    sender text not null,
    case_id text not null,
    content bytea not null,
    received_at timestamptz(3) not null${once}
  )`
}
