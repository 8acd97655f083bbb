/**
 * Challenges are single use, codes are single use (the last 30-second step an official's code was taken from),
 * and throttling survives a restart: all three are rows.
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
