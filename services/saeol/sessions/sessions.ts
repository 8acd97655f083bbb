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

/** @returns the session's token, which is kept nowhere */
export async function createSession(queries: Queries, session: NewSession): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await queries.query(
    `insert into sessions (id, token_hash, official, office, assurance, opening, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      randomUUID(),
      hashOf(token),
      session.officialId,
      session.office,
      session.assurance,
      session.opening ?? null,
      session.createdAt,
      session.expiresAt,
    ],
  )
  return token
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

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
