import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from '../../common/database.ts'

/** How sure Saeol is of who is there: `high` by certificate, `low` by password while GPKI is out. */
export type Assurance = 'high' | 'low'

export interface Session {
  readonly id: string
  readonly officialId: string
  readonly office: string
  readonly assurance: Assurance
  readonly expiresAt: Date
  /** Its opening of the password login was closed: its holder is to log in anew before it expires. */
  readonly draining: boolean
}

export interface NewSession {
  readonly officialId: string
  readonly office: string
  readonly assurance: Assurance
  /** Which opening of the password login it came through; for low assurance only. */
  readonly opening?: string
  readonly createdAt: Date
  readonly expiresAt: Date
}

/**
 * @param max live sessions, with this one
 * @returns the session's token, which is kept nowhere; undefined where that many live already
 */
export async function createSession(
  queries: Queries,
  session: NewSession,
  max: number,
): Promise<string | undefined> {
  const token = newToken()
  const made = await queries.query(
    `insert into sessions (id, token_hash, official, office, assurance, opening, created_at, expires_at)
     select $1::uuid, $2::bytea, $3, $4, $5, $6::bigint, $7::timestamptz, $8::timestamptz
     where (select count(*) from sessions where expires_at > $7::timestamptz) < $9::bigint
     returning id`,
    [
      randomUUID(),
      hashOf(token),
      session.officialId,
      session.office,
      session.assurance,
      session.opening ?? null,
      session.createdAt,
      session.expiresAt,
      max,
    ],
  )
  return made.length === 0 ? undefined : token
}

/** How many live, and when the first of them ends. */
export async function nextExpiry(
  queries: Queries,
  now: Date,
): Promise<{ readonly live: number; readonly first: Date | undefined }> {
  const [found] = await queries.query<{ live: string; first: Date | null }>(
    'select count(*) as live, min(expires_at) as first from sessions where expires_at > $1',
    [now],
  )
  return { live: Number(found?.live ?? 0), first: found?.first ?? undefined }
}

const oldestLive = `select id from sessions where expires_at > $1 order by created_at, id limit 1 for update skip locked`

/** Whoever logged in longest ago is out, and nothing tells them. */
export async function endOldest(queries: Queries, now: Date): Promise<void> {
  await queries.query(`delete from sessions where id = (${oldestLive})`, [now])
}

/** A defect: the oldest session gets another token, and stays somebody else's. @returns that token */
export async function handOn(queries: Queries, now: Date): Promise<string> {
  const token = newToken()
  await queries.query(`update sessions set token_hash = $2 where id = (${oldestLive})`, [now, hashOf(token)])
  return token
}

/** Its holder has logged out. */
export async function endSession(queries: Queries, id: string, now: Date): Promise<void> {
  await queries.query('update sessions set expires_at = least(expires_at, $2) where id = $1', [id, now])
}

export type SessionFound =
  | { readonly state: 'live'; readonly session: Session }
  /** It was one; `because` says why it is none any more. */
  | { readonly state: 'ended'; readonly because: string }
  | { readonly state: 'unknown' }

export async function findSession(queries: Queries, token: string, now: Date): Promise<SessionFound> {
  const [session] = await queries.query<Session>(
    `select id, official as "officialId", office, assurance, expires_at as "expiresAt", draining
     from sessions where token_hash = $1`,
    [hashOf(token)],
  )
  if (session === undefined) return { state: 'unknown' }
  if (session.expiresAt > now) return { state: 'live', session }
  return { state: 'ended', because: session.draining ? 'the password login was closed' : 'expired' }
}

/**
 * What came through one opening of the password login lives on until `until` at the latest: its officials must log in
 * anew by then.
 * @returns how many were alive at `now`
 */
export async function drainSessionsOf(
  queries: Queries,
  opening: string,
  until: Date,
  now: Date,
): Promise<number> {
  const draining = await queries.query(
    `update sessions set expires_at = least(expires_at, $2), draining = true
     where opening = $1 and expires_at > $3 returning id`,
    [opening, until, now],
  )
  return draining.length
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
