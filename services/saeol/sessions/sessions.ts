import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Queries } from '../../common/database.ts'

/** How sure Saeol is of who is there: `high` by certificate, `low` by password while GPKI is out. */
export type Assurance = 'high' | 'low'

export interface Session {
  readonly id: string
  readonly officialId: string
  readonly office: string
  readonly assurance: Assurance
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
  const [row] = await queries.query<Session & { expiresAt: Date; endedBecause: string | null }>(
    `select id, official as "officialId", office, assurance, expires_at as "expiresAt",
       ended_because as "endedBecause"
     from sessions where token_hash = $1`,
    [hashOf(token)],
  )
  if (row === undefined) return { state: 'unknown' }
  const { expiresAt, endedBecause, ...session } = row
  if (endedBecause !== null) return { state: 'ended', because: endedBecause }
  if (expiresAt <= now) return { state: 'ended', because: 'expired' }
  return { state: 'live', session }
}

/** Ends what came through one opening of the password login: its officials must log in again. */
export async function endSessionsOf(
  queries: Queries,
  opening: string,
  because: string,
  now: Date,
): Promise<number> {
  const ended = await queries.query(
    `update sessions set ended_at = $3, ended_because = $2
     where opening = $1 and ended_at is null and expires_at > $3 returning id`,
    [opening, because, now],
  )
  return ended.length
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
