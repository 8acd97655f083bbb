import type { Database, Queries } from '../common/database.ts'
import { Problem } from '../common/problem.ts'
import type { Sabotaged } from '../common/sabotage.ts'
import type { Approval } from '../saeol/fallback/approvals.ts'

/** The only system whose closing times are moved here. */
export const extendedSystem = 'procurement'

/** An order that tenders which were due in an outage close later. */
export interface ExtensionOrder {
  readonly system: typeof extendedSystem
  readonly from: Date
  readonly to: Date
  /** When all of them close instead. */
  readonly closesAt: Date
}

/** What two duty officers sign, by `canonicalJson`. */
export function extensionSubject({ system, from, to, closesAt }: ExtensionOrder) {
  return {
    action: 'extend-closings',
    closesAt: closesAt.toISOString(),
    from: from.toISOString(),
    system,
    to: to.toISOString(),
  }
}

/** An order and the moves that it made, in one transaction: one of each tender by each order. */
export const extensionsSchema = `
  create table if not exists extension_orders (
    id bigint generated always as identity primary key,
    from_at timestamptz(3) not null unique,
    to_at timestamptz(3) not null,
    closes_at timestamptz(3) not null,
    ordered_at timestamptz(3) not null,
    approvals jsonb not null
  );
  create table if not exists closing_moves (
    id bigint generated always as identity primary key,
    tender text not null references tenders,
    extension_order bigint not null references extension_orders,
    from_closes_at timestamptz(3) not null,
    to_closes_at timestamptz(3) not null,
    moved_at timestamptz(3) not null
  )`

export interface Extended {
  readonly outcome: 'extended' | 'unchanged'
  /** Tenders moved by this call. */
  readonly moved: number
}

/** An order as everybody may read it. */
export interface PublishedOrder {
  readonly from: Date
  readonly to: Date
  readonly closesAt: Date
  readonly approvals: readonly Approval[]
}

export interface Extensions {
  /** Whether an order with this beginning was made before. @throws Problem 409 where it said something else */
  isKnown(order: ExtensionOrder): Promise<boolean>
  /**
   * Moves each tender that is due in the window, by the closing time that is in force, and that is not opened. The same
   * order once more moves nothing: what it moved is due outside its window since.
   */
  extend(order: ExtensionOrder, approvals: readonly Approval[]): Promise<Extended>
  /** Oldest first. */
  orders(): Promise<PublishedOrder[]>
}

export function createExtensions(parts: {
  readonly database: Database
  readonly sabotaged: Sabotaged
}): Extensions {
  const { database, sabotaged } = parts

  async function known(queries: Queries, { from, to, closesAt }: ExtensionOrder): Promise<boolean> {
    const [order] = await queries.query<{ isSame: boolean }>(
      'select to_at = $2 and closes_at = $3 as "isSame" from extension_orders where from_at = $1',
      [from, to, closesAt],
    )
    if (order?.isSame === false) {
      throw new Problem(409, 'order-differs', 'an order for this outage was given, and stays as it is')
    }
    return order !== undefined
  }

  return {
    isKnown: (order) => known(database, order),
    extend: (order, approvals) =>
      database.transaction(async (queries) => {
        const { from, to, closesAt } = order
        const [made] = await queries.query<{ id: string }>(
          `insert into extension_orders (from_at, to_at, closes_at, ordered_at, approvals)
           values ($1, $2, $3, clock_timestamp(), $4) on conflict (from_at) do nothing returning id`,
          [from, to, closesAt, JSON.stringify(approvals)],
        )
        if (made === undefined) {
          await known(queries, order)
          if (!sabotaged('extends-twice')) return { outcome: 'unchanged', moved: 0 }
        }
        const moved = await queries.query(moveDue(sabotaged), [from, to, closesAt])
        return { outcome: 'extended', moved: moved.length }
      }),
    orders: () =>
      database.query<PublishedOrder & Record<string, unknown>>(
        `select from_at as "from", to_at as "to", closes_at as "closesAt", approvals
         from extension_orders order by id`,
      ),
  }
}

/** By the closing time in force, however long ago it passed: whom the outage kept from it could do nothing before it. */
function moveDue(sabotaged: Sabotaged): string {
  const due = sabotaged('extends-twice') ? 'first_closes_at' : 'closes_at'
  const which = sabotaged('extends-open-only') ? 'closes_at > clock_timestamp()' : 'opened_at is null'
  return `
    with due as materialized (
      select id, closes_at from tenders where ${due} between $1 and $2 and ${which} for update
    ), moved as (
      update tenders set closes_at = $3 from due where tenders.id = due.id
    )
    insert into closing_moves (tender, extension_order, from_closes_at, to_closes_at, moved_at)
    select due.id, extension_orders.id, due.closes_at, $3, clock_timestamp()
    from due, extension_orders where extension_orders.from_at = $1
    returning tender`
}
