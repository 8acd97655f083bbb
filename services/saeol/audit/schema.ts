import { emptyChain, sealHead } from './chain.ts'

/**
 * `audit_head` says where the chain ends, and its row lock is what makes the writers queue up.
 * @param key what the head is sealed with
 */
export function auditSchema(key: string): string {
  const head = sealHead(emptyChain, key)
  return `
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
    hash text not null,
    seal text not null
  );
  insert into audit_head (seq, hash, seal)
    values (${head.seq}, '${head.hash}', '${head.seal}') on conflict do nothing`
}
