import { emptyChain } from './chain.ts'

/** `audit_head` says where the chain ends, and its row lock is what makes the writers queue up. */
export const auditSchema = `
  create table if not exists audit (
    seq bigint primary key,
    id uuid not null unique,
    at bigint not null,
    kind text not null,
    facts jsonb not null,
    prev_hash text not null,
    hash text not null
  );
  create table if not exists audit_head (
    one boolean primary key default true check (one),
    seq bigint not null,
    hash text not null
  );
  insert into audit_head (seq, hash) values (${emptyChain.seq}, '${emptyChain.hash}') on conflict do nothing`
