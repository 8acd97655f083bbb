/**
 * Challenges that were answered, the last 30-second step that an official's code was taken from, and throttling: what is
 * single use stays used over a restart, and who is slowed down stays so.
 */
export const loginSchema = `
  create table if not exists login_challenges (
    nonce text primary key,
    expires_at timestamptz(3) not null
  );
  create table if not exists login_codes (
    official text primary key,
    last_step bigint not null
  );
  create table if not exists login_throttle (
    key text primary key,
    free_at bigint not null,
    slack_ms bigint not null
  )`
