import type { Queries } from '../../common/database.ts'
import type { Sabotaged } from '../../common/sabotage.ts'

/** The system whose outage makes backdating in Saeol lawful. */
export const ledgerSystem = 'saeol'

/** In place of an office: every office. */
export const everyOffice = '*'

/** A declared outage of a system in an office; receipts written in it may be entered under their own date. */
export interface OutageWindow {
  readonly system: string
  /** An office's id, or `*` for every office. */
  readonly office: string
  readonly from: Date
  /** Null while it lasts. */
  readonly to: Date | null
}

/** What two duty officers sign, by `canonicalJson`, to declare this window or to close it. */
export function outageWindowSubject({ system, office, from, to }: OutageWindow) {
  return { action: 'declare-outage', system, office, from: from.toISOString(), to: to?.toISOString() ?? null }
}

export type Declared = 'declared' | 'closed' | 'unchanged' | 'already-closed-differently'

/**
 * Declares a window, or closes the open one of the same system, office and beginning. An end is set once: a
 * closed window neither opens again nor moves.
 */
export async function declareOutageWindow(
  queries: Queries,
  window: OutageWindow,
  officers: readonly string[],
  declaredAt: Date,
): Promise<Declared> {
  const key = [window.system, window.office, window.from]
  const inserted = await queries.query(
    `insert into outage_windows (system, office, from_at, to_at, declared_at, officers)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
    [...key, window.to, declaredAt, officers],
  )
  if (inserted.length > 0) return 'declared'
  const closed = await queries.query(
    `update outage_windows set to_at = $4, closed_at = clock_timestamp()
     where system = $1 and office = $2 and from_at = $3 and to_at is null and $4::timestamptz is not null
     returning id`,
    [...key, window.to],
  )
  if (closed.length > 0) return 'closed'
  const same = await queries.query(
    `select id from outage_windows
     where system = $1 and office = $2 and from_at = $3 and to_at is not distinct from $4`,
    [...key, window.to],
  )
  return same.length > 0 ? 'unchanged' : 'already-closed-differently'
}

/**
 * Whether that system is declared out in that office for that moment. A window that is closed meanwhile is closed after
 * the transaction that asks: what was lawful when it was looked up is entered before `closed_at`.
 */
export async function isInOutageWindow(
  queries: Queries,
  where: { readonly system: string; readonly office: string; readonly at: Date },
  sabotaged: Sabotaged = () => false,
): Promise<boolean> {
  const found = await queries.query(
    `select id from outage_windows
     where system = $1 and office in ($2, '${everyOffice}') and $3 >= from_at and (to_at is null or $3 <= to_at or $4)
     limit 1 for share`,
    [where.system, where.office, where.at, sabotaged('outage-never-ends')],
  )
  return found.length > 0
}

/** Every window ever declared, oldest first. */
export function outageWindows(queries: Queries): Promise<OutageWindow[]> {
  return queries.query<OutageWindow>(
    'select system, office, from_at as "from", to_at as "to" from outage_windows order by id',
  )
}
