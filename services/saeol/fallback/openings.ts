import { z } from 'zod'
import type { Queries } from '../../common/database.ts'

/** In place of offices: every office. */
export const everyOffice = '*'

export const scopeSchema = z.strictObject({
  system: z.literal('saeol'),
  /** Ids of offices, or `['*']`. */
  offices: z.array(z.string().min(1).max(100)).min(1).max(500),
})

export type Scope = z.output<typeof scopeSchema>

/** Where GPKI is looked at from, each over links of its own. */
export const vantagePointNames = ['situation-room', 'saeol'] as const

export const vantagePointSchema = z.strictObject({
  name: z.enum(vantagePointNames),
  /** Epoch ms of the last failed probe. */
  observedAt: z.number().int().min(0),
  /** Probes in a row that failed. */
  failures: z.number().int().min(1),
  error: z.string().max(500),
})

export type VantagePoint = z.output<typeof vantagePointSchema>

export interface Opening {
  readonly id: string
  readonly scope: Scope
  readonly reason: string
  readonly officers: readonly string[]
  readonly openedAt: Date
  readonly expiresAt: Date
}

export function isInScope(scope: Scope, office: string): boolean {
  return scope.offices.includes(everyOffice) || scope.offices.includes(office)
}

const columns = `id, scope, reason, officers, opened_at as "openedAt", expires_at as "expiresAt"`

/**
 * The opening in force at this moment. Its expiry counts by itself: nobody needs to close it.
 * @param options.hold keeps it from being closed until the transaction ends
 */
export async function openingInForce(
  queries: Queries,
  now: Date,
  options: { readonly hold?: boolean } = {},
): Promise<Opening | undefined> {
  const [opening] = await queries.query<Opening>(
    `select ${columns} from fallback_openings where closed_at is null and expires_at > $1
     ${options.hold === true ? 'for share' : ''}`,
    [now],
  )
  return opening
}

/** The latest opening there was, in force or not. */
export async function lastOpening(queries: Queries): Promise<Opening | undefined> {
  const [opening] = await queries.query<Opening>(
    `select ${columns} from fallback_openings order by id desc limit 1`,
  )
  return opening
}

export type Insertion =
  | { readonly outcome: 'opened'; readonly opening: Opening }
  | { readonly outcome: 'already-open' | 'nonce-used' }

export async function insertOpening(
  queries: Queries,
  given: Omit<Opening, 'id'> & { readonly nonce: string; readonly vantagePoints: readonly VantagePoint[] },
): Promise<Insertion> {
  const [opening] = await queries.query<Opening>(
    `insert into fallback_openings (nonce, scope, reason, vantage_points, officers, opened_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning ${columns}`,
    [
      given.nonce,
      JSON.stringify(given.scope),
      given.reason,
      JSON.stringify(given.vantagePoints),
      given.officers,
      given.openedAt,
      given.expiresAt,
    ],
  )
  if (opening !== undefined) return { outcome: 'opened', opening }
  const used = await queries.query('select id from fallback_openings where nonce = $1', [given.nonce])
  return { outcome: used.length > 0 ? 'nonce-used' : 'already-open' }
}

/** Closes it, unless it is closed already. */
export async function closeOpening(
  queries: Queries,
  id: string,
  because: string,
  closedAt: Date,
): Promise<boolean> {
  const closed = await queries.query(
    `update fallback_openings set closed_at = $3, closed_because = $2
     where id = $1 and closed_at is null returning id`,
    [id, because, closedAt],
  )
  return closed.length > 0
}

/** Marks openings whose time is up as closed; they have not been in force since they expired. */
export async function closeExpired(queries: Queries, now: Date): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `update fallback_openings set closed_at = expires_at, closed_because = 'expired'
     where closed_at is null and expires_at <= $1 returning id`,
    [now],
  )
  return rows.map((row) => row.id)
}
