/**
 * A session is found by the hash of its token: who reads the table cannot use what is in it. `opening` is the
 * opening of the password login that a session of low assurance came through.
 */
export const sessionSchema = `
  create table if not exists sessions (
    id uuid primary key,
    token_hash bytea not null unique,
    official text not null,
    office text not null,
    assurance text not null check (assurance in ('high', 'low')),
    opening bigint,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    draining boolean not null default false,
    check ((assurance = 'low') = (opening is not null))
  );
  create index if not exists sessions_by_opening on sessions (opening);
  create index if not exists sessions_by_expiry on sessions (expires_at)`
