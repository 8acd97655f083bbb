import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'
import type { PasswordFallbackParameters } from '../../measures/password-fallback.ts'

export interface Attempt {
  readonly officialId: string
  /** The address it came from. */
  readonly source: string
  /** Whether it came from the terminal that is registered for this account. */
  readonly ownTerminal: boolean
}

export interface Throttle {
  /** Counts the attempt before anything is checked, so that many at once are no way around. */
  take(attempt: Attempt): Promise<Allowance>
  /** Whether too many attempts like this one have failed; counts nothing. */
  look(attempt: Attempt): Promise<Allowance>
  /** After a failure: counts against the address. */
  blame(attempt: Attempt): Promise<void>
  /** After a success: what was counted against the account on this way is forgotten. */
  forgive(attempt: Attempt): Promise<void>
  /** What an administrator does for an official who mistyped too often. */
  unlock(officialId: string): Promise<void>
}

export interface Allowance {
  readonly allowed: boolean
  /** 0 when it is allowed. */
  readonly retryAfterMs: number
}

interface Bucket {
  readonly key: string
  readonly burst: number
  readonly refillMs: number
}

/** Rows that say nothing any more are swept out once in so many attempts. */
const sweepEvery = 500

/**
 * Token buckets in PostgreSQL, each one timestamp (GCRA): when it would be full again.
 *
 * An attempt from the account's own terminal and one from anywhere else never share a bucket. Whoever guesses
 * or sprays has no registered terminal, so he slows down himself: by account and source, and by source over all
 * accounts. The official at her own terminal has her own bucket by account and source, and one over all sources
 * against a stolen terminal. Failures alone fill the one that she shares with whoever knows the terminals of
 * others and sprays from her address.
 */
export function createThrottle(
  queries: Queries,
  settings: PasswordFallbackParameters,
  sabotaged: Sabotaged,
  now: () => number,
): Throttle {
  let taken = 0

  function buckets({ officialId, source, ownTerminal }: Attempt): Bucket[] {
    const account = { burst: settings.accountBurst, refillMs: settings.accountRefillMs }
    const terminal = { burst: settings.terminalBurst, refillMs: settings.terminalRefillMs }
    const strangers = { burst: settings.sourceBurst, refillMs: settings.sourceRefillMs }
    const list = ownTerminal
      ? [
          { key: `account ${officialId} own ${source}`, ...account },
          { key: `account ${officialId} own`, ...terminal },
        ]
      : [
          { key: `account ${officialId} other ${source}`, ...account },
          { key: `strangers ${source}`, ...strangers },
        ]
    if (sabotaged('locks-accounts-globally')) {
      list.push({ key: `account ${officialId} locked`, burst: 3, refillMs: 3_600_000 })
    }
    return list
  }

  /** Filled by failures alone: an office that logs in well, all from one address, never sees it. */
  function failures({ source }: Attempt): Bucket {
    return {
      key: `owners ${source}`,
      burst: settings.ownTerminalsBurst,
      refillMs: settings.ownTerminalsRefillMs,
    }
  }

  /** @returns the keys of those that were not full */
  async function fill(asked: readonly Bucket[]): Promise<string[]> {
    const nowMs = now()
    const rows = asked.map(({ key, burst, refillMs }) => ({
      key,
      free_at: nowMs + refillMs,
      slack_ms: (burst - 1) * refillMs,
    }))
    // In the order of their keys, so that two attempts never wait for each other's row.
    const filled = await queries.query<{ key: string }>(
      `insert into login_throttle as bucket (key, free_at, slack_ms)
       select key, free_at, slack_ms
       from jsonb_to_recordset($1) as asked (key text, free_at bigint, slack_ms bigint) order by key
       on conflict (key) do update
       set free_at = greatest(bucket.free_at, $2::bigint) + (excluded.free_at - $2::bigint),
         slack_ms = excluded.slack_ms
       where bucket.free_at <= $2::bigint + excluded.slack_ms
       returning key`,
      [JSON.stringify(rows), nowMs],
    )
    return filled.map(({ key }) => key)
  }

  /** Until the fullest of them has room again. */
  async function waitFor(keys: readonly string[]): Promise<Allowance> {
    const [full] = await queries.query<{ until: string | null }>(
      'select max(free_at - slack_ms) as until from login_throttle where key = any($1)',
      [keys],
    )
    const retryAfterMs = Math.max(0, Number(full?.until ?? 0) - now())
    return { allowed: retryAfterMs === 0, retryAfterMs }
  }

  async function sweep(): Promise<void> {
    taken += 1
    if (taken % sweepEvery !== 0) return
    await queries.query(
      `delete from login_throttle where key in
         (select key from login_throttle where free_at <= $1 for update skip locked)`,
      [now()],
    )
  }

  return {
    async take(attempt) {
      if (sabotaged('no-throttle')) return { allowed: true, retryAfterMs: 0 }
      await sweep()
      const asked = buckets(attempt)
      const filled = await fill(asked)
      const full = asked.map(({ key }) => key).filter((key) => !filled.includes(key))
      if (full.length === 0) return { allowed: true, retryAfterMs: 0 }
      return { ...(await waitFor(full)), allowed: false }
    },
    async look(attempt) {
      return attempt.ownTerminal ? waitFor([failures(attempt).key]) : { allowed: true, retryAfterMs: 0 }
    },
    async blame(attempt) {
      if (attempt.ownTerminal) await fill([failures(attempt)])
    },
    async forgive(attempt) {
      // In the order in which attempts take them, or the two would wait for each other.
      await queries.query(
        `delete from login_throttle where key in
           (select key from login_throttle where key = any($1) order by key for update)`,
        [buckets(attempt).map(({ key }) => key)],
      )
    },
    async unlock(officialId) {
      await queries.query(
        `delete from login_throttle where key in
           (select key from login_throttle where starts_with(key, $1) order by key for update)`,
        [`account ${officialId} `],
      )
    },
  }
}
