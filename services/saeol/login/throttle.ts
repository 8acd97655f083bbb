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
  take(attempt: Attempt): Promise<{ readonly allowed: boolean; readonly retryAfterMs: number }>
  /** After a success: what was counted against the account on this way is forgotten. */
  forgive(attempt: Attempt): Promise<void>
  /** What an administrator does for an official who mistyped too often. */
  unlock(officialId: string): Promise<void>
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
 * accounts. The official at her own terminal has her own bucket, by account and source, and one over all sources
 * against a stolen terminal.
 */
export function createThrottle(
  queries: Queries,
  settings: PasswordFallbackParameters,
  sabotaged: Sabotaged,
  now: () => number,
): Throttle {
  let taken = 0

  function buckets({ officialId, source, ownTerminal }: Attempt): Bucket[] {
    const perAccount = { burst: settings.accountBurst, refillMs: settings.accountRefillMs }
    const perSource = { burst: settings.sourceBurst, refillMs: settings.sourceRefillMs }
    const perTerminal = { burst: settings.terminalBurst, refillMs: settings.terminalRefillMs }
    const list = ownTerminal
      ? [
          { key: `account ${officialId} own ${source}`, ...perAccount },
          { key: `account ${officialId} own`, ...perTerminal },
        ]
      : [
          { key: `account ${officialId} other ${source}`, ...perAccount },
          { key: `source ${source}`, ...perSource },
        ]
    if (sabotaged('locks-accounts-globally')) {
      list.push({ key: `account ${officialId} locked`, burst: 3, refillMs: 3_600_000 })
    }
    return list
  }

  async function sweep(): Promise<void> {
    taken += 1
    if (taken % sweepEvery !== 0) return
    await queries.query('delete from login_throttle where free_at <= $1', [now()])
  }

  return {
    async take(attempt) {
      await sweep()
      const nowMs = now()
      const asked = buckets(attempt).map(({ key, burst, refillMs }) => ({
        key,
        free_at: nowMs + refillMs,
        slack_ms: (burst - 1) * refillMs,
      }))
      // In the order of their keys, so that two attempts never wait for each other's row.
      const counted = await queries.query(
        `insert into login_throttle as bucket (key, free_at, slack_ms)
         select key, free_at, slack_ms
         from jsonb_to_recordset($1) as asked (key text, free_at bigint, slack_ms bigint) order by key
         on conflict (key) do update
         set free_at = greatest(bucket.free_at, $2::bigint) + (excluded.free_at - $2::bigint),
           slack_ms = excluded.slack_ms
         where bucket.free_at <= $2::bigint + excluded.slack_ms
         returning key`,
        [JSON.stringify(asked), nowMs],
      )
      if (counted.length === asked.length) return { allowed: true, retryAfterMs: 0 }
      const [full] = await queries.query<{ until: string | null }>(
        'select max(free_at - slack_ms) as until from login_throttle where key = any($1)',
        [asked.map(({ key }) => key)],
      )
      return { allowed: false, retryAfterMs: Math.max(0, Number(full?.until ?? nowMs) - nowMs) }
    },
    async forgive(attempt) {
      await queries.query('delete from login_throttle where key = any($1)', [
        buckets(attempt).map(({ key }) => key),
      ])
    },
    async unlock(officialId) {
      await queries.query('delete from login_throttle where starts_with(key, $1)', [`account ${officialId} `])
    },
  }
}
