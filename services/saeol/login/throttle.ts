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
  take(attempt: Attempt): Promise<boolean>
  /** Whether it is still allowed, after those like it that failed meanwhile; counts nothing. */
  look(attempt: Attempt): Promise<boolean>
  /** After a failure: counts against the address. */
  blame(attempt: Attempt): Promise<void>
  /**
   * For every refusal, whatever it was for: counts it, and says what it is to be answered by. The answer does not depend
   * on the terminal, nor on whether the attempt was allowed, or it would tell the right terminal from the wrong ones.
   */
  refused(attempt: Attempt): Promise<Allowance>
  /** After a success: what was counted against the account on this way is forgotten. */
  forgive(attempt: Attempt): Promise<void>
  /** What an administrator does for an official who mistyped too often. */
  unlock(officialId: string): Promise<void>
}

/** What the refused are told. */
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
 *
 * What a refusal is answered by has buckets of its own, which keep nobody out: they count refusals from any terminal
 * together, by the same measures.
 */
export function createThrottle(
  queries: Queries,
  settings: PasswordFallbackParameters,
  sabotaged: Sabotaged,
  now: () => number,
): Throttle {
  let taken = 0

  const account = { burst: settings.accountBurst, refillMs: settings.accountRefillMs }
  const terminal = { burst: settings.terminalBurst, refillMs: settings.terminalRefillMs }
  const strangers = { burst: settings.sourceBurst, refillMs: settings.sourceRefillMs }

  function locked(officialId: string, word: string): Bucket[] {
    if (!sabotaged('locks-accounts-globally')) return []
    return [{ key: `account ${officialId} ${word}`, burst: 3, refillMs: 3_600_000 }]
  }

  /** Those by source stand first: whoever has emptied one makes no more rows by naming other accounts. */
  function buckets({ officialId, source, ownTerminal }: Attempt): Bucket[] {
    const list = ownTerminal
      ? [
          { key: `account ${officialId} own ${source}`, ...account },
          { key: `account ${officialId} own`, ...terminal },
        ]
      : [
          { key: `strangers ${source}`, ...strangers },
          { key: `account ${officialId} other ${source}`, ...account },
        ]
    return list
  }

  function bucketsOfRefusals({ officialId, source, ownTerminal }: Attempt): Bucket[] {
    const which = sabotaged('throttle-tells-terminal') ? ` ${ownTerminal}` : ''
    return [
      { key: `refused ${source}${which}`, ...strangers },
      { key: `account ${officialId} refused ${source}${which}`, ...account },
      { key: `account ${officialId} refused${which}`, ...terminal },
    ]
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
    if (asked.length === 0) return []
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

  /** Counts one in each. @returns the keys that were full */
  async function count(list: readonly Bucket[], locks: readonly Bucket[]): Promise<string[]> {
    const filled = await fill(locks)
    return [
      ...locks.map(({ key }) => key).filter((key) => !filled.includes(key)),
      ...(await fillInTurn(list)),
    ]
  }

  /** Counts one in each of them, as far as the first that is full. @returns the keys that were full */
  async function fillInTurn([first, ...rest]: readonly Bucket[]): Promise<string[]> {
    if (first === undefined) return []
    if ((await fill([first])).length === 0) return [first.key]
    const filled = await fill(rest)
    return rest.map(({ key }) => key).filter((key) => !filled.includes(key))
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
      if (sabotaged('no-throttle')) return true
      await sweep()
      return (await count(buckets(attempt), locked(attempt.officialId, 'locked'))).length === 0
    },
    async look(attempt) {
      if (sabotaged('no-throttle') || !attempt.ownTerminal) return true
      return (await waitFor([failures(attempt).key])).allowed
    },
    async refused(attempt) {
      if (sabotaged('no-throttle')) return { allowed: true, retryAfterMs: 0 }
      const locks = locked(attempt.officialId, 'refused and locked')
      const full = await count(bucketsOfRefusals(attempt), locks)
      if (full.length === 0) return { allowed: true, retryAfterMs: 0 }
      return { ...(await waitFor(full)), allowed: false }
    },
    async blame(attempt) {
      if (attempt.ownTerminal && !sabotaged('blames-nobody')) await fill([failures(attempt)])
    },
    async forgive(attempt) {
      // In the order in which attempts take them, or the two would wait for each other.
      await queries.query(
        `delete from login_throttle where key in
           (select key from login_throttle where key = any($1) order by key for update)`,
        [[...buckets(attempt), ...bucketsOfRefusals(attempt)].map(({ key }) => key).filter(isOfAccount)],
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

function isOfAccount(key: string): boolean {
  return key.startsWith('account ')
}
