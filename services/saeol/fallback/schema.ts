/**
 * Every opening of the password login there ever was; the one that is neither closed nor expired is in force. A
 * nonce is used once, so that an opening that was signed and closed cannot be played back.
 */
export const fallbackSchema = `
  create table if not exists fallback_openings (
    id bigint generated always as identity primary key,
    nonce text not null unique,
    scope jsonb not null,
    reason text not null,
    vantage_points jsonb not null,
    officers text[] not null,
    opened_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    closed_at timestamptz(3),
    closed_because text,
    check (expires_at > opened_at),
    check (cardinality(officers) >= 2)
  );
  create unique index if not exists fallback_openings_one_at_a_time
    on fallback_openings ((true)) where closed_at is null`
