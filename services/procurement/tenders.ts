import type { Database } from '../common/database.ts'
import type { ProcurementOffice } from '../enrolment/procurement.ts'

/** A tender as everybody may see it. */
export interface Tender {
  readonly id: string
  readonly closesAt: Date
  /** base64; bids are sealed with it. */
  readonly openingKey: string
  readonly state: 'open' | 'closed' | 'opened'
}

export interface Tenders {
  /** Those that are open, the next to close first, so many at most. */
  open(most: number): Promise<Tender[]>
  /** Those that are closed and not opened yet, the last to close first. */
  closed(most: number): Promise<Tender[]>
  find(id: string): Promise<Tender | undefined>
}

const dayMs = 86_400_000

/** By the database's clock: there is one, however many processes serve. */
const view = `
  select id, closes_at as "closesAt", opening_key as "openingKey",
    case when opened_at is not null then 'opened' when clock_timestamp() < closes_at then 'open' else 'closed' end as state
  from tenders`

/**
 * Announces the tenders that are not announced yet.
 * @param options.closesEveryMs today's close so long one after the other, from now on
 */
export async function openTenders(options: {
  readonly database: Database
  readonly announced: ProcurementOffice['tenders']
  readonly closesEveryMs: number
  /** Epoch ms. */
  readonly now: () => number
}): Promise<Tenders> {
  const { database, announced, closesEveryMs, now } = options
  const startedAt = now()
  const today = announced.filter(({ day }) => day === 'today')
  const closesAt = (tender: (typeof announced)[number]): number => {
    if (tender.day === 'yesterday') return startedAt - dayMs
    if (tender.day === 'tomorrow') return startedAt + dayMs
    return startedAt + (today.indexOf(tender) + 1) * closesEveryMs
  }
  await database.query(
    `insert into tenders (id, first_closes_at, closes_at, opening_key)
     select id, closes_at, closes_at, opening_key
     from jsonb_to_recordset($1) as t(id text, closes_at timestamptz, opening_key text)
     on conflict do nothing`,
    [
      JSON.stringify(
        announced.map((tender) => ({
          id: tender.id,
          closes_at: new Date(closesAt(tender)),
          opening_key: tender.openingKeySpki,
        })),
      ),
    ],
  )
  return {
    open: (most) =>
      database.query<Tender & Record<string, unknown>>(
        `${view} where closes_at > clock_timestamp() and opened_at is null order by closes_at, id limit $1`,
        [most],
      ),
    closed: (most) =>
      database.query<Tender & Record<string, unknown>>(
        `${view} where closes_at <= clock_timestamp() and opened_at is null order by closes_at desc, id limit $1`,
        [most],
      ),
    async find(id) {
      const [tender] = await database.query<Tender & Record<string, unknown>>(`${view} where id = $1`, [id])
      return tender
    },
  }
}
